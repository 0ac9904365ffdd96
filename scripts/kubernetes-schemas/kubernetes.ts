import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { KubernetesBundle, OpenApiSchema } from '../../src/check/schema/openapi.ts';
import { corrected } from './corrections.ts';
import { compact } from './keywords.ts';
import { byMinor, Variants } from './variants.ts';

interface Operation {
  readonly parameters?: readonly { readonly in?: string; readonly schema?: OpenApiSchema }[];
  readonly 'x-kubernetes-group-version-kind'?: {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
  };
}

interface Document {
  readonly paths: Readonly<
    Record<string, { readonly post?: Operation; readonly parameters?: Operation['parameters'] }>
  >;
  readonly definitions: Readonly<Record<string, OpenApiSchema>>;
}

/** Where objects of a kind are created; not what hangs below an object (`pods/{name}/exec`). */
const COLLECTION = /^\/apis?\/(?:[^/{]+\/)?[^/{]+\/(namespaces\/\{namespace\}\/)?[a-z]+$/;

interface CreatableKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly definition: string;
  readonly namespaced: boolean;
}

function creatableKinds(document: Document): CreatableKind[] {
  return Object.entries(document.paths).flatMap(([path, { post }]) => {
    const collection = COLLECTION.exec(path);
    const named = post?.['x-kubernetes-group-version-kind'];
    const body = post?.parameters?.find((parameter) => parameter.in === 'body')?.schema?.$ref;
    if (collection === null || named === undefined || body === undefined) return [];
    const { group, version, kind } = named;
    const apiVersion = group === '' ? version : `${group}/${version}`;
    return [
      { apiVersion, kind, definition: compact({ $ref: body }).$ref ?? '', namespaced: collection[1] !== undefined },
    ];
  });
}

function referencesIn(schema: OpenApiSchema): string[] {
  const { $ref, properties, items, additionalProperties } = schema;
  const below = [...Object.values(properties ?? {}), items, additionalProperties];
  const found = below.flatMap((child) => (child !== undefined && typeof child === 'object' ? referencesIn(child) : []));
  return $ref === undefined ? found : [$ref, ...found];
}

/** The definitions that objects of these kinds can contain. ObjectMeta is among them: every kind has one. */
function reachable(kinds: readonly CreatableKind[], document: Document): Map<string, OpenApiSchema> {
  const found = new Map<string, OpenApiSchema>();
  const open = kinds.map(({ definition }) => definition);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const schema = document.definitions[name];
    if (schema === undefined || found.has(name)) continue;
    const small = corrected(name, compact(schema));
    found.set(name, small);
    open.push(...referencesIn(small));
  }
  return found;
}

/** Reads every `v1.NN.json.gz` in the folder. */
export async function kubernetesBundle(data: string): Promise<KubernetesBundle> {
  const folder = join(data, 'kubernetes-openapi');
  const named = (await readdir(folder)).flatMap((file) => /^v(1\.\d+)\.json\.gz$/.exec(file)?.[1] ?? []);
  const versions = named.sort(byMinor);
  const definitions = new Variants<OpenApiSchema>();
  const kinds = new Variants<CreatableKind>();
  for (const [index, version] of versions.entries()) {
    const document: Document = JSON.parse(gunzipSync(await readFile(join(folder, `v${version}.json.gz`))).toString());
    const creatable = creatableKinds(document);
    for (const kind of creatable) kinds.add(`${kind.apiVersion} ${kind.kind}`, kind, index);
    for (const [name, schema] of reachable(creatable, document)) definitions.add(name, schema, index);
  }
  return {
    versions,
    definitions: Object.fromEntries(definitions.entries()),
    kinds: kinds
      .entries()
      .flatMap(([, variants]) =>
        variants.map(
          ([bits, { apiVersion, kind, definition, namespaced }]) =>
            [apiVersion, kind, definition, namespaced, bits] as const,
        ),
      ),
  };
}
