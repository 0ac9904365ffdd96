/** Keys and bytes that the contract of {@link Objects} is tried on. */
import { randomBytes } from 'node:crypto';
import type { PutOptions } from '../../src/ship/ports.ts';

export const YAML: PutOptions = { contentType: 'application/yaml' };
export const ONCE: PutOptions = { ...YAML, create: true };

/** A prefix that nobody used before. */
export function fresh(): string {
  return `contract-${randomBytes(6).toString('hex')}/`;
}

export function utf8(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

export function text(bytes: Uint8Array | undefined): string | undefined {
  return bytes && new TextDecoder().decode(bytes);
}
