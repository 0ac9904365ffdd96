/** Items by namespace and one more key. An empty namespace is one that nobody was told, and may be any. */
export class NamespaceIndex<Item> {
  private readonly byKey = new Map<string, Map<string, Item[]>>();
  /** All namespaces count as one. */
  private readonly merged: boolean;

  constructor(merged: boolean) {
    this.merged = merged;
  }

  /** Adds an item. */
  add(key: string, namespace: string, item: Item): void {
    const where = this.merged ? '' : namespace;
    const namespaces = this.byKey.get(key);
    const items = namespaces?.get(where);
    if (items !== undefined) items.push(item);
    else if (namespaces !== undefined) namespaces.set(where, [item]);
    else this.byKey.set(key, new Map([[where, [item]]]));
  }

  /** The items of a key that may be in a namespace. */
  in(key: string, namespace: string): readonly Item[] {
    const namespaces = this.byKey.get(key);
    if (namespaces === undefined) return [];
    if (this.merged || namespace === '') return [...namespaces.values()].flat();
    const untold = namespaces.get('');
    const here = namespaces.get(namespace) ?? [];
    return untold === undefined ? here : [...here, ...untold];
  }
}
