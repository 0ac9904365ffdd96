/** Files that got into an artifact by accident. */
import type { Breach } from '../rule.ts';
import type { ArtifactCheck } from '../view.ts';

interface Stray {
  readonly what: string;
  /** Of the file's path. The first group, if any, is the folder that is told about once. */
  readonly path: RegExp;
}

const STRAYS: readonly Stray[] = [
  { what: 'installed packages', path: /^((?:.*\/)?node_modules)\// },
  { what: 'the history of a version control system', path: /^((?:.*\/)?\.(?:git|hg|svn|bzr|jj))\// },
  { what: 'a cache of Terraform', path: /^((?:.*\/)?\.terraform)\// },
  { what: 'settings of an editor', path: /^((?:.*\/)?\.(?:idea|vscode))\// },
  { what: 'a Python cache', path: /^((?:.*\/)?__pycache__)\// },
  {
    what: 'environment variables, often secret',
    path: /(?:^|\/)\.env(?:\.(?!(?:example|sample|template|dist)$)[\w-]+)*$/,
  },
  { what: 'state of Terraform, which holds secrets in the clear', path: /\.tfstate(?:\.backup|\.\d+\.backup)?$/ },
  { what: 'variables of Terraform, often secret', path: /(?:^|\/)terraform\.tfvars$/ },
  {
    what: 'a kubeconfig, which lets its reader into a cluster',
    path: /(?:^|\/)(?:\.kube\/config|kubeconfig(?:\.ya?ml)?|[\w.-]+\.kubeconfig)$/,
  },
  {
    what: 'a login to registries',
    path: /(?:^|\/)\.docker\/config\.json$|(?:^|\/)\.(?:npmrc|netrc|pypirc|dockercfg)$/,
  },
  { what: 'a private key', path: /(?:^|\/)id_(?:rsa|dsa|ecdsa|ed25519)$|\.(?:p12|pfx|jks|keystore)$/ },
  {
    what: 'a copy that an editor left',
    path: /(?:^|\/)(?:\.#[^/]*|#[^/]*#|[^/]*~|\.[^/]*\.sw[a-p]|4913|[^/]*\.(?:bak|orig|rej))$/,
  },
  { what: 'a file of the operating system', path: /(?:^|\/)(?:\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*)$/i },
];

/** Anything of it at all; one test for the many files that are nothing of the kind. */
const ANY = new RegExp(STRAYS.map(({ path }) => path.source.replace(/\((?!\?)/g, '(?:')).join('|'), 'i');

/** How much of a file is looked at; where a binary has no zero byte by then it is as good as text. */
const LOOKED_AT = 8000;

/** Charts that are packed into an artifact on purpose. */
const PACKED_CHART = /(?:^|\/)charts\/[^/]+\.tgz$/;

/** Tells files that nobody meant to publish by their names, and binaries by their bytes. */
export const checkFiles: ArtifactCheck = ({ files }, _context, report) => {
  const told = new Set<string>();
  for (const { path, bytes } of files) {
    const stray = strayAt(path);
    if (stray === undefined) {
      const end = Math.min(bytes.length, LOOKED_AT);
      if (bytes.subarray(0, end).includes(0) && !PACKED_CHART.test(path)) report(binary(path), { file: path });
    } else if (!told.has(stray.shown)) {
      told.add(stray.shown);
      report(left(stray), { file: path });
    }
  }
};

function strayAt(path: string): { readonly what: string; readonly shown: string } | undefined {
  if (!ANY.test(path)) return undefined;
  for (const { what, path: pattern } of STRAYS) {
    const match = pattern.exec(path);
    if (match !== null) return { what, shown: match[1] ?? path };
  }
  return undefined;
}

function left({ what, shown }: { readonly what: string; readonly shown: string }): Breach {
  return {
    rule: 'hygiene/stray-file',
    message: `"${shown}" is ${what}, and is published`,
    found: what,
    hint: `leave it out in .sourceignore: ${shown}`,
  };
}

function binary(path: string): Breach {
  return {
    rule: 'hygiene/binary',
    message: `"${path}" is a binary file, which no manifest is`,
    hint: `leave it out in .sourceignore: ${path}`,
  };
}
