/** What containers ask for and may use. */
import { closest } from '../../../config/suggest.ts';
import { type Fields, fieldsOf } from '../../object.ts';
import { exceeds } from '../numbers.ts';
import { hasFraction, quantityOf } from '../quantity.ts';
import { quote, type Site } from '../site.ts';
import { isQualifiedName } from '../texts.ts';
import { oddAmount } from './odd-amounts.ts';

const STANDARD = ['cpu', 'memory', 'ephemeral-storage'];
const HUGE_PAGES = 'hugepages-';

/** Whether a resource is of Kubernetes itself. */
const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/');
const isHugePages = (name: string): boolean => name.startsWith(HUGE_PAGES);

/** Whether containers may ask for less of a resource than they may use. */
export const isShared = (name: string): boolean => isNative(name) && !isHugePages(name);

/** Whether a container may have a resource of this name: `cpu`, `hugepages-2Mi`, `example.com/gpu`. */
export function isContainerResource(name: string): boolean {
  if (!isQualifiedName(name)) return false;
  if (!name.includes('/')) return STANDARD.includes(name) || isHugePages(name);
  return isNative(name) || (!name.startsWith('requests.') && isQualifiedName(`requests.${name}`));
}

/** The name of a resource of a container. */
export function resourceName(name: string, site: Site): void {
  if (isContainerResource(name)) return;
  const near = name.includes('/') ? undefined : closest(name, STANDARD);
  site.breach('object/quantity', `${site.name(name)} is not a resource that a container can have`, {
    at: [name],
    found: quote(name),
    expected: '"cpu", "memory", "ephemeral-storage", "hugepages-2Mi" or one with a domain, such as "example.com/gpu"',
    ...(near !== undefined && { hint: `did you mean "${near}"?` }),
  });
}

/** The amount of a resource: not negative, whole where the resource cannot be divided. */
function amount(name: string, value: unknown, site: Site): void {
  const count = quantityOf(value);
  if (count === undefined) return;
  const refuse = (expected: string): void =>
    site.breach('object/quantity', `${site.name(name)} is ${quote(value ?? 0)}, but it must be ${expected}`, {
      at: [name],
      found: quote(value ?? 0),
      expected,
    });
  const page = isHugePages(name) ? quantityOf(name.slice(HUGE_PAGES.length)) : undefined;
  if (count < 0) refuse('at least 0');
  else if (!isNative(name) && hasFraction(count)) refuse('a whole number, as this resource cannot be divided');
  else if (page !== undefined && page > 0 && count % page !== 0) refuse('a multiple of the size of the pages');
  else oddAmount(name, value, count, site);
}

/** Requests and limits of one resource, each against the other. */
function against(name: string, request: unknown, limit: unknown, site: Site): void {
  const shared = isShared(name);
  const asked = `${site.name('requests', name)} is ${quote(request ?? 0)}`;
  if (limit === undefined) {
    if (shared) return;
    site.breach('object/quantity', `${asked}, but without a limit, which this resource needs`, {
      at: ['requests', name],
      expected: 'a limit of the same amount',
      hint: `set limits["${name}"] to ${quote(request)}`,
    });
    return;
  }
  const differs = exceeds(request, limit) || (!shared && exceeds(limit, request));
  if (!differs) return;
  const expected = `${shared ? 'at most' : 'exactly'} the limit, ${quote(limit ?? 0)}`;
  site.breach('object/quantity', `${asked}, but it must be ${expected}`, {
    at: ['requests', name],
    found: quote(request ?? 0),
    expected,
    hint: 'lower the request or raise the limit',
  });
}

/** `resources` of a container; of a whole pod too, where only some can be named. */
export function resources(value: Fields, site: Site): void {
  const [limits, requests] = [fieldsOf(value.limits), fieldsOf(value.requests)];
  for (const [part, amounts] of [['limits', limits] as const, ['requests', requests] as const]) {
    site.into(part, amounts, () => {
      for (const name of Object.keys(amounts)) {
        resourceName(name, site);
        amount(name, amounts[name], site);
      }
    });
  }
  for (const name of Object.keys(requests)) against(name, requests[name], limits[name], site);
  const named = [...Object.keys(limits), ...Object.keys(requests)];
  if (!named.some(isHugePages) || named.includes('cpu') || named.includes('memory')) return;
  site.breach('object/quantity', `${site.name()} has huge pages without cpu or memory, which they need`, {
    expected: 'an amount of cpu or memory',
    hint: 'set cpu or memory too',
  });
}
