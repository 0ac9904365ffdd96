const textIn = (value: unknown, key: string): string | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const found: unknown = Reflect.get(value, key);
  return typeof found === 'string' && found !== '' ? found : undefined;
};

interface Named {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
}

/** What people call an object of this kind and name: `Deployment payments/api`. */
export function shownName({ kind, name, namespace }: Named): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** What people call an object: `Deployment payments/api`. Undefined for what has no kind or no name. */
export function objectName(value: unknown): string | undefined {
  const kind = textIn(value, 'kind');
  if (kind === undefined || typeof value !== 'object' || value === null) return undefined;
  const metadata: unknown = Reflect.get(value, 'metadata');
  const name = textIn(metadata, 'name') ?? textIn(metadata, 'generateName');
  if (name === undefined) return undefined;
  const namespace = textIn(metadata, 'namespace');
  return shownName({ kind, name, namespace });
}
