/** The proxy between this machine and a server, as the environment names it, and connections through it. */
import type { Agent as HttpAgent } from 'node:http';
import type { AgentOptions } from 'node:https';
import { BlockList, isIP } from 'node:net';
import { HttpProxyAgent, HttpsProxyAgent } from 'hpagent';
import { type Code, SlipwayError } from '../errors.ts';

/** The variables of a process by name. */
export type ProxyEnv = Readonly<Record<string, string | undefined>>;

/** A server as its connections know it. */
export interface Target {
  readonly secure: boolean;
  /** Without brackets around IPv6. */
  readonly host: string;
  readonly port: number;
}

/**
 * Answers the agent that reaches a server through its proxy, or undefined where there is none: `HTTPS_PROXY` for TLS,
 * `HTTP_PROXY` without, and neither for hosts of `NO_PROXY` and this machine itself; lower-case names win. All goes through
 * CONNECT. Agents are made once; `options` are those of each.
 */
export type ProxyAgents = (target: Target) => HttpAgent | undefined;

/** Throws `CONFIG`, without the value, for a proxy that is no `http://` or `https://` URL. */
export function proxyAgents(env: ProxyEnv, options: AgentOptions = {}): ProxyAgents {
  const [secure, plain] = [proxyOf(env, 'https_proxy'), proxyOf(env, 'http_proxy')];
  if (secure === undefined && plain === undefined) return () => undefined;
  const isDirect = exceptions(env.no_proxy || env.NO_PROXY || '');
  const agents = new Map<boolean, HttpAgent>();
  return (target) => {
    const proxy = target.secure ? secure : plain;
    if (proxy === undefined || isDirect(target)) return undefined;
    const agent = agents.get(target.secure) ?? tunnel(proxy, target.secure, options);
    agents.set(target.secure, agent);
    return agent;
  };
}

interface Proxy {
  readonly url: URL;
  /** The variable's name, for messages. */
  readonly variable: string;
}

function proxyOf(env: ProxyEnv, name: string): Proxy | undefined {
  const variable = env[name] ? name : name.toUpperCase();
  const value = env[variable]?.trim();
  if (!value) return undefined;
  const text = value.includes('://') ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isKnown = url !== undefined && /^https?:$/.test(url.protocol) && url.hostname !== '' && isDecodable(url);
  if (isKnown) return { url, variable };
  throw new SlipwayError('CONFIG', `Cannot use the proxy in "${variable}": it is not an http(s) URL`, {
    hint: `write ${variable}=http://HOST:PORT, with special characters of a user or password as %XX`,
  });
}

function isDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}

/** Reads `NO_PROXY`: names with all below them, `*`, addresses, CIDR ranges; each may have a port. */
function exceptions(text: string): (target: Target) => boolean {
  const entries = text.toLowerCase().split(/[\s,]+/);
  const rules = entries.filter((entry) => entry !== '').map(exception);
  return (target) => isThisMachine(target.host) || rules.some((rule) => rule(target));
}

function exception(entry: string): (target: Target) => boolean {
  if (entry === '*') return () => true;
  const [, network = '', bits = ''] = /^([\d.]+|[\da-f:]+)\/(\d+)$/.exec(entry) ?? [];
  if (isIP(network) !== 0) return inRange(network, Number(bits));
  const [, bracketed, name = entry, port] = /^(?:\[([^\]]+)\]|([^:]+|.*:.*:.*?))(?::(\d+))?$/.exec(entry) ?? [];
  const host = (bracketed ?? name).replace(/^\*?\./, '');
  const hasPort = port === undefined ? () => true : (target: Target) => target.port === Number(port);
  return (target) => {
    const asked = target.host.toLowerCase();
    return hasPort(target) && (asked === host || (isIP(asked) === 0 && asked.endsWith(`.${host}`)));
  };
}

function inRange(network: string, bits: number): (target: Target) => boolean {
  const family = isIP(network) === 4 ? 'ipv4' : 'ipv6';
  if (bits > (family === 'ipv4' ? 32 : 128)) return () => false;
  const list = new BlockList();
  list.addSubnet(network, bits, family);
  return ({ host }) => isIP(host) !== 0 && list.check(host, isIP(host) === 4 ? 'ipv4' : 'ipv6');
}

/** A proxy sees another machine under these names. */
function isThisMachine(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i.test(host) || host.toLowerCase().endsWith('.localhost');
}

/** A connection that the proxy did not make. Its message holds no credential. */
export class ProxyFailure extends Error {
  override readonly name = 'ProxyFailure';
  /** `HOST:PORT` */
  readonly proxy: string;
  readonly variable: string;
  /** The proxy's answer, if it gave one. */
  readonly status: number | undefined;

  constructor({ url, variable }: Proxy, cause: Error) {
    const [, status] = /^Bad response: (\d{3})$/.exec(cause.message) ?? [];
    const code: unknown = Reflect.get(cause, 'code');
    const state = status ?? (typeof code === 'string' ? code : 'no answer in time');
    super(`the proxy "${url.host}" made no connection (${state})`);
    this.proxy = url.host;
    this.variable = variable;
    this.status = status === undefined ? undefined : Number(status);
  }

  /** Whether the same connection may be made a little later. */
  get transient(): boolean {
    return this.status === undefined || this.status >= 500 || this.status === 429;
  }

  /** The error's code and what to do about it. */
  get verdict(): { readonly code: Code; readonly hint: string } {
    const { variable, status } = this;
    if (status === 407) {
      return { code: 'AUTH', hint: `check the user and password: ${variable}=http://USER:PASSWORD@HOST:PORT` };
    }
    if (status !== undefined && status < 500) {
      return { code: 'DENIED', hint: 'allow this host and port in the proxy, or add the host to NO_PROXY' };
    }
    return { code: 'NETWORK', hint: `check ${variable} and the proxy, or add the host to NO_PROXY` };
  }
}

type Connect = (options: object, made: (error: Error | null, socket?: unknown) => void) => unknown;

function tunnel(proxy: Proxy, secure: boolean, options: AgentOptions): HttpAgent {
  const { ca } = options;
  const settings = {
    ...options,
    proxy: proxy.url,
    ...(ca !== undefined && { proxyRequestOptions: { ca: [ca].flat().map(String) } }),
  };
  const agent: HttpAgent = secure ? new HttpsProxyAgent(settings) : new HttpProxyAgent(settings);
  const connect = (Reflect.get(agent, 'createConnection') as Connect).bind(agent);
  const explained: Connect = (target, made) =>
    connect(target, (error, socket) => made(error && new ProxyFailure(proxy, error), socket));
  Reflect.set(agent, 'createConnection', explained);
  return agent;
}

interface Adding {
  addRequest(request: unknown, target: { readonly host?: string | null; readonly port?: number | string | null }): void;
}

/** Makes an agent hand requests to those of the proxies, where there is one: for clients that take a single agent. */
export function throughProxies<A extends HttpAgent>(agent: A, secure: boolean, agents: ProxyAgents): A {
  const direct = agent as A & Adding;
  const add = direct.addRequest.bind(direct);
  direct.addRequest = (request, target) => {
    const { host, port } = target;
    const tunnelled = agents({ secure, host: host ?? 'localhost', port: Number(port ?? (secure ? 443 : 80)) });
    if (tunnelled === undefined) add(request, target);
    else (tunnelled as HttpAgent & Adding).addRequest(request, target);
  };
  return agent;
}
