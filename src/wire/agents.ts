/** Pools of connections by server: straight or through a proxy, and whom TLS trusts. */
import { readFile } from 'node:fs/promises';
import { Agent as HttpAgent } from 'node:http';
import { type AgentOptions, Agent as HttpsAgent } from 'node:https';
import tls from 'node:tls';
import { SlipwayError } from '../errors.ts';
import { type ProxyAgents, type ProxyEnv, proxyAgents } from './proxy.ts';

/** How the connections are made. */
export interface AgentsOptions {
  /** Absolute path of a PEM bundle to trust besides the built-in authorities. */
  readonly ca?: string | undefined;
  /** Where proxies are named (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`); none unless given. */
  readonly env?: ProxyEnv | undefined;
}

interface Pools {
  readonly direct: HttpAgent;
  readonly proxied: ProxyAgents;
}

/** More connections to one server only cost memory: 16 requests at once keep two cores busy. */
export const MAX_CONNECTIONS = 32;

const connections = { keepAlive: true, maxSockets: MAX_CONNECTIONS, maxFreeSockets: MAX_CONNECTIONS } as const;

/** Answers the pool for a URL. Throws `CONFIG` (on use) when `ca` is unreadable, or a proxy is no URL. */
export function agents({ ca, env = {} }: AgentsOptions): (url: URL) => Promise<HttpAgent> {
  let plain: Pools | undefined;
  let secure: Promise<Pools> | undefined;
  const openSecure = async (): Promise<Pools> => {
    const trusting = await agentOptions(ca);
    return { direct: new HttpsAgent(trusting), proxied: proxyAgents(env, trusting) };
  };
  // The file of authorities is only read where it is needed.
  const pools = async (isSecure: boolean): Promise<Pools> => {
    if (isSecure) {
      secure ??= openSecure();
      return secure;
    }
    plain ??= { direct: new HttpAgent(connections), proxied: proxyAgents(env, connections) };
    return plain;
  };
  return async ({ protocol, hostname, port }) => {
    const isSecure = protocol === 'https:';
    const { direct, proxied } = await pools(isSecure);
    const host = hostname.replace(/^\[|\]$/g, '');
    return proxied({ secure: isSecure, host, port: Number(port || (isSecure ? 443 : 80)) }) ?? direct;
  };
}

async function agentOptions(ca: string | undefined): Promise<AgentOptions> {
  if (ca === undefined) return connections;
  try {
    const pem = await readFile(ca, 'utf8');
    tls.createSecureContext({ ca: pem });
    if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new Error('no certificate in the file');
    return { ...connections, ca: [...builtInAuthorities(), pem] };
  } catch (cause) {
    const hint = 'set the parameter "ca" to a readable PEM file with at least one certificate';
    throw new SlipwayError('CONFIG', `Cannot read certificate authorities from "${ca}"`, { cause, hint });
  }
}

// `ca` replaces Node's list, so it has to be given too. Node 20 cannot say what NODE_EXTRA_CA_CERTS added to it.
function builtInAuthorities(): readonly string[] {
  const ask: unknown = Reflect.get(tls, 'getCACertificates');
  return typeof ask === 'function' ? (ask('default') as readonly string[]) : tls.rootCertificates;
}
