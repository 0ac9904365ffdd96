/** Unpacks the generated schemas, each bundle once and when it is first asked for. */
import { gunzipSync } from 'node:zlib';
import { FLUX, KUBERNETES } from './bundle.generated.ts';
import type { FluxBundle, KubernetesBundle } from './openapi.ts';

function unpack(text: string): unknown {
  return JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString('utf8'));
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The schemas of Kubernetes' own kinds, of all bundled versions. */
export const kubernetesBundle: () => KubernetesBundle = once(() => unpack(KUBERNETES) as KubernetesBundle);

/** The CRDs of Flux, of all bundled versions. */
export const fluxBundle: () => FluxBundle = once(() => unpack(FLUX) as FluxBundle);
