/** The form of `slipway.yaml`. Everything a schema can say is said here, so that editors know it too. */
import * as v from 'valibot';
import { checkSchema } from './check-schema.ts';
import { consumerSchema, storeConsumerSchema } from './consumer-schema.ts';
import type { ConfigFile } from './file.ts';
import { about, mapping, say, text, words } from './form.ts';
import { gatesSchema } from './gates-schema.ts';
import { signSchema, verifySchema } from './sign-schema.ts';
import { PARAMETERS } from './store-parameters.ts';
import { tenantsForm } from './tenants.ts';
import { wavesForm } from './waves-schema.ts';

const quorumForm = say('"all" or a whole number from 1 on');
const quorum = v.union(
  [v.literal('all'), v.pipe(v.number(), v.integer(quorumForm), v.minValue(1, quorumForm))],
  quorumForm,
);

const render = v.union(
  [
    v.picklist(['source', 'plain', 'kustomize', 'helm']),
    v.variant(
      'kind',
      [
        mapping({ kind: v.picklist(['source', 'plain']) }),
        mapping({
          kind: v.literal('kustomize'),
          enableHelm: v.exactOptional(
            about(v.boolean(say('true or false')), 'Lets kustomize inflate Helm charts (--enable-helm)'),
          ),
        }),
        mapping({
          kind: v.literal('helm'),
          release: v.exactOptional(about(text(), "Release name. Default: the artifact's name")),
          namespace: v.exactOptional(about(text(), 'Namespace of the release')),
          values: v.exactOptional(
            about(
              v.union([text(), words('a list of files')], say('a file or a list of files')),
              'Value files, relative to this file; later ones win',
            ),
          ),
          kubeVersion: v.exactOptional(
            about(text('a text, in quotes'), 'Kubernetes version that charts see, in quotes'),
          ),
          apiVersions: v.exactOptional(about(words('a list of API versions'), 'API versions that charts see')),
        }),
        mapping({
          kind: v.literal('command'),
          run: about(
            v.pipe(words('a list: the program and its arguments'), v.nonEmpty(say('at least the program'))),
            'The program and its arguments; no shell. It prints the manifests',
          ),
          env: v.exactOptional(
            about(
              v.record(v.string(), v.string(say('a text, in quotes')), say('a mapping of names to texts')),
              'Environment of the program',
            ),
          ),
        }),
      ],
      say('"source", "plain", "kustomize", "helm" or "command"'),
    ),
  ],
  (issue) =>
    issue.input === 'command'
      ? 'render "command" needs its program (write { kind: command, run: [PROGRAM, ARGUMENT] })'
      : 'expected "source", "plain", "kustomize", "helm" or { kind: … }',
);

const store = v.union(
  [
    text('a store URL'),
    mapping({
      url: about(text('a store URL'), 'oci://HOST/REPOSITORY, s3://BUCKET/PREFIX or file:DIR'),
      region: v.exactOptional(about(text(), PARAMETERS.region)),
      endpoint: v.exactOptional(about(text(), PARAMETERS.endpoint)),
      layout: v.exactOptional(
        about(
          v.picklist(['object', 'tarball', 'tree', 'registry'], say('"object", "tarball", "tree" or "registry"')),
          PARAMETERS.layout,
        ),
      ),
      insecure: v.exactOptional(about(v.boolean(say('true or false')), PARAMETERS.insecure)),
      profile: v.exactOptional(about(text(), PARAMETERS.profile)),
      ca: v.exactOptional(about(text(), PARAMETERS.ca)),
      owner: v.exactOptional(about(text('a text of twelve digits, in quotes'), PARAMETERS.owner)),
      sse: v.exactOptional(about(v.picklist(['AES256', 'aws:kms'], say('"AES256" or "aws:kms"')), PARAMETERS.sse)),
      'kms-key': v.exactOptional(about(text(), PARAMETERS['kms-key'])),
      'accept-unsafe': v.exactOptional(about(v.boolean(say('true or false')), PARAMETERS['accept-unsafe'])),
      consumer: v.exactOptional(
        about(storeConsumerSchema, 'How clusters reach this bucket, where that differs from the consumer of all'),
      ),
    }),
  ],
  say('a store URL or { url: … }'),
);

const rules = {
  stores: v.exactOptional(
    about(
      v.pipe(words('a list of store names'), v.nonEmpty(say('at least one store'))),
      'Stores of this channel. Default: all',
    ),
  ),
  primary: v.exactOptional(about(text(), "Store that orders this channel's releases")),
  quorum: v.exactOptional(about(quorum, 'How many stores must hold everything before a name moves')),
  verify: v.exactOptional(about(verifySchema, 'Whose signatures count in this channel, instead of the verify of all')),
  gates: v.exactOptional(about(gatesSchema, 'Who is asked in this channel, instead of the gates of all')),
  waves: v.exactOptional(about(wavesForm, 'Steps of a promotion to this channel, in order. Default: all at once')),
};

const artifact = mapping({
  name: v.exactOptional(
    about(
      text(),
      'Unique name. {dir} is the last segment of the path, {parent} the one before, {path} all of them joined with "-". Default: {dir}',
    ),
  ),
  path: about(text('a folder or glob'), 'Folder (or glob of folders: *, ?, [a-z], **) relative to this file'),
  render: v.exactOptional(about(render, 'How the files become what the consumer reads. Default: source')),
});

/** The schema of `slipway.yaml`; issue messages are the second half of slipway's own messages. */
export const configSchema: v.GenericSchema<unknown, ConfigFile> = mapping({
  version: about(v.literal(1, say('1')), 'Version of this file format'),
  project: v.exactOptional(
    about(text(), 'Keeps the releases of several repositories in one store apart. Default: default'),
  ),
  artifacts: about(
    v.pipe(v.array(artifact, say('a list of artifacts')), v.nonEmpty(say('at least one artifact'))),
    'What to build and publish',
  ),
  stores: v.exactOptional(
    about(
      v.pipe(
        v.record(v.string(), store, say('a mapping of names to stores')),
        v.minEntries(1, say('at least one store')),
      ),
      'Where to publish. Default: .slipway/store',
    ),
  ),
  primary: v.exactOptional(
    about(
      text(),
      'Store whose create-only write orders releases. Default: the first bucket or directory, else the first store',
    ),
  ),
  quorum: v.exactOptional(about(quorum, 'How many stores must hold everything before a name moves. Default: all')),
  channel: v.exactOptional(about(text(), 'Default of --channel')),
  channels: v.exactOptional(
    about(
      v.record(v.string(), v.nullable(mapping(rules)), say('a mapping of channels to their rules')),
      'What differs per channel',
    ),
  ),
  sign: v.exactOptional(about(signSchema, 'Who signs what is published')),
  verify: v.exactOptional(
    about(
      verifySchema,
      'Whose signatures count, before a name moves and in slipway verify. Default: those of sign.key',
    ),
  ),
  gates: v.exactOptional(
    about(gatesSchema, 'Programs and servers that are asked before a release is recorded. Default: none'),
  ),
  check: v.exactOptional(about(checkSchema, 'What the manifests are for, and how they are checked')),
  tenants: v.exactOptional(about(tenantsForm, 'What the artifacts of tenants may hold')),
  consumer: v.exactOptional(about(consumerSchema, 'How clusters reach what is published')),
});
