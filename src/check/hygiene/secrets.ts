/** Secrets whose values everybody can read who can read the artifact. */
import type { FieldPath } from '../../model.ts';
import { fieldsOf, isMapping, type KubernetesObject } from '../object.ts';
import type { ObjectCheck } from '../view.ts';
import { credentialsIn, isLogin, mayHoldCredential } from './credentials.ts';
import { exposed } from './scan.ts';

/** A value of a Secret, as its reader gets it. */
interface SecretValue {
  readonly key: string;
  readonly text: string;
  /** As written. */
  readonly raw: string;
  readonly field: FieldPath;
}

const KEYS_SHOWN = 3;

/** Says what is readable in a Secret. What SOPS encrypted, and what the cluster fills in, is none of it. */
export const checkSecret: ObjectCheck = (object, _context, report) => {
  if (object.kind !== 'Secret' || object.apiVersion !== 'v1' || isMapping(object.value.sops)) return;
  if (object.value.type === 'kubernetes.io/service-account-token') return;
  const plain = valuesOf(object).filter((value) => !isHarmless(value));
  if (plain.length === 0) return;
  for (const value of plain) {
    for (const credential of decodedCredentials(value)) {
      report({ ...exposed(credential, 'This Secret'), field: value.field });
    }
  }
  const keys = [...new Set(plain.map(({ key }) => `"${key}"`))];
  const shown = keys.slice(0, KEYS_SHOWN).join(', ');
  const more = keys.length > KEYS_SHOWN ? ` and ${keys.length - KEYS_SHOWN} more` : '';
  report({
    rule: 'hygiene/plain-secret',
    field: plain[0]?.field ?? [],
    message: `This Secret is not encrypted: everybody who can read the artifact can read ${shown}${more}`,
    hint: 'encrypt it with SOPS or as SealedSecret, or let an ExternalSecret fill it in',
  });
};

function valuesOf({ value }: KubernetesObject): readonly SecretValue[] {
  return ['data', 'stringData'].flatMap((part) =>
    Object.entries(fieldsOf(value[part])).flatMap(([key, raw]): readonly SecretValue[] => {
      if (typeof raw !== 'string') return [];
      const encoded = part === 'data' && !/^ENC\[|\$\{/.test(raw);
      const text = encoded ? Buffer.from(raw, 'base64').toString() : raw;
      return [{ key, text, raw, field: [part, key] }];
    }),
  );
}

/** Empty, encrypted, filled in by Flux or a webhook, or public by nature. */
function isHarmless({ text, raw }: SecretValue): boolean {
  const trimmed = text.trim();
  // Flux fills in what is written, not what base64 hides.
  if (trimmed === '' || /^(?:ENC\[|vault:|op:\/\/)/.test(trimmed) || raw.includes('${')) return true;
  const rest = trimmed.replace(/-----BEGIN (CERTIFICATE|PUBLIC KEY)-----[^-]*-----END \1-----/g, '');
  return rest.trim() === '';
}

/** What the scan of the file cannot see, because it is in base64 there or has no form of its own. */
function decodedCredentials({ key, text, raw }: SecretValue): ReturnType<typeof credentialsIn> {
  if (credentialsIn(raw).length > 0) return [];
  if (key === '.dockerconfigjson' && hasRegistryLogin(text))
    return [{ what: 'a registry login', certain: true, at: 0 }];
  return mayHoldCredential(text) ? credentialsIn(text) : [];
}

function hasRegistryLogin(text: string): boolean {
  try {
    const { auths } = fieldsOf(JSON.parse(text));
    return Object.values(fieldsOf(auths)).some((entry) => {
      const { auth, password } = fieldsOf(entry);
      return isLogin(Buffer.from(String(auth ?? ''), 'base64').toString()) || isLogin(`:${password ?? ''}`);
    });
  } catch {
    return false;
  }
}
