/** The table of options. */
import { COMMANDS } from './commands.ts';
import { type CommandName, type Option, option } from './option.ts';
import { CONTROL, LIVE, RELEASE_FLAGS, RELEASE_SUBJECTS } from './release.ts';

const ALL: readonly CommandName[] = COMMANDS.map(({ name }) => name);
/** What answers in text or JSON. */
const TELLING: readonly CommandName[] = ALL.filter((name) => name !== 'check' && name !== 'diff');
const MAKING: readonly CommandName[] = ['build', 'check', 'plan', 'publish'];
const PUBLISH: readonly CommandName[] = ['plan', 'publish'];
const VERIFY: readonly CommandName[] = ['verify'];
const TRUSTING: readonly CommandName[] = ['publish', 'verify'];

/** All options, in the order of help. */
export const OPTIONS: readonly Option[] = [
  option('PATH', MAKING, {
    name: 'path',
    help: 'Folder or file to work on without a config file; slipway check takes the reference of something published too',
  }),
  option('RULE', ['explain'], {
    name: 'rule',
    required: true,
    cliOnly: true,
    help: 'Its name; slipway check --list-rules shows all',
  }),
  option('REF', ['pull'], {
    name: 'reference',
    required: true,
    cliOnly: true,
    help: 'What to read, as the receipt of a publish shows it',
  }),
  option('REF', VERIFY, {
    name: 'references',
    list: true,
    required: true,
    cliOnly: true,
    help: 'What to verify: references as the receipt of a publish shows them, names of channels, or with --bundle a file',
  }),
  option('CHANNEL', ['heal'], {
    name: 'channels',
    list: true,
    cliOnly: true,
    help: 'Channels to heal. Default: all that the stores have',
  }),
  ...RELEASE_SUBJECTS,
  option('-c, --config FILE', [...MAKING, ...CONTROL, ...LIVE, 'doctor', 'heal', 'prune', 'pull', 'verify'], {
    default: 'slipway.yaml',
    help: 'Config file',
  }),
  option('--to URL', PUBLISH, {
    list: true,
    help: 'Publish PATH here instead of the stores of a config: oci://HOST/REPOSITORY[:TAG], s3://BUCKET/PREFIX or file:DIR. A semver tag is a version, any other the channel',
  }),
  option('--channel NAME', PUBLISH, {
    help: 'Channel to move. Default: channel of the config, else latest, or none when only a version is claimed',
  }),
  option('--channel NAME', ['doctor'], {
    cliOnly: true,
    help: 'Look at the stores and records of this channel only. Default: all',
  }),
  option('--version VERSION', PUBLISH, { help: 'Claim this semantic version: a name that never moves' }),
  option('--store NAME', PUBLISH, { list: true, help: 'Publish to these stores of the channel only. Default: all' }),
  option('--store NAME', ['doctor'], { list: true, cliOnly: true, help: 'Look at these stores only. Default: all' }),
  option('--no-write', ['doctor'], {
    cliOnly: true,
    help: 'Only ask: try nothing, and leave what was found before',
  }),
  option('--store NAME', ['heal'], {
    list: true,
    cliOnly: true,
    help: 'Heal these stores only; the others lend what they have. Default: all',
  }),
  option('--artifact NAME', MAKING, {
    list: true,
    help: 'Only these artifacts; the others keep their place in the release. With PATH: the name of its artifact',
  }),
  option('--artifact NAME', VERIFY, {
    cliOnly: true,
    help: 'Name that the artifact has to have. Default: what the config, else the reference, calls it',
  }),
  option('--render KIND', MAKING, {
    choices: ['source', 'plain', 'kustomize', 'helm'],
    default: 'source',
    help: 'How PATH becomes what the consumer reads',
  }),
  option('--kubernetes VERSION', MAKING, {
    help: 'Version of Kubernetes that the manifests are for. Default: the newest',
  }),
  option('--flux VERSION', MAKING, { help: 'Oldest version of Flux that reads the manifests. Default: the newest' }),
  option('--rule ID=SETTING', MAKING, { list: true, help: 'Set a rule of the checks to off, warn or error' }),
  option('--report FORMAT=FILE', MAKING, {
    list: true,
    help: 'Write the findings to a file too, as text, json, sarif, junit or github',
  }),
  option('--against REF', ['check'], {
    help: 'Compare with what is published there already: fields that cannot be changed are errors. {artifact} stands for the name of the artifact',
  }),
  option('--fail-on LEVEL', ['check'], {
    choices: ['error', 'warn'],
    default: 'error',
    help: 'Findings that make the exit code 1',
  }),
  option('--list-rules', ['check'], {
    cliOnly: true,
    help: 'List all rules with what they are set to, and check nothing',
  }),
  option('--primary NAME', PUBLISH, {
    help: 'Let this store order the release, when the configured primary cannot be reached',
  }),
  option('--allow WHAT', PUBLISH, {
    list: true,
    help: 'Go ahead although slipway refused; the message of the refusal says what to write',
  }),
  option('--key FILE', PUBLISH, {
    help: 'Sign with this private key instead of what the config says: a file, or env://NAME. Its passphrase is in SLIPWAY_KEY_PASSWORD or COSIGN_PASSWORD',
  }),
  option('--key FILE', VERIFY, {
    list: true,
    cliOnly: true,
    help: 'Signatures by this public key count: a file, or env://NAME. Replaces verify of the config',
  }),
  option('--keyless', PUBLISH, {
    help: "Sign with the identity of the CI's job instead of what the config says",
  }),
  option('--legacy', PUBLISH, { help: 'Also write .sig signatures, for Flux up to 2.7 and older verifiers' }),
  option('--signing-config FILE', PUBLISH, {
    help: 'Which services sign keyless, instead of those of the public Sigstore',
  }),
  option('--certificate-identity IDENTITY', TRUSTING, {
    help: 'Keyless signatures by this identity count. Replaces verify of the config, needs an issuer',
  }),
  option('--certificate-identity-regexp PATTERN', TRUSTING, {
    help: 'The same with a regular expression, which has to match the whole identity',
  }),
  option('--certificate-oidc-issuer URL', TRUSTING, { help: 'Who has to vouch for the identity' }),
  option('--certificate-oidc-issuer-regexp PATTERN', TRUSTING, {
    help: 'The same with a regular expression, which has to match the whole issuer',
  }),
  option('--trusted-root FILE', TRUSTING, {
    help: 'Authorities and logs to believe, instead of those of the public Sigstore: a trusted_root.json',
  }),
  option('--bundle FILE', VERIFY, { cliOnly: true, help: 'Sigstore bundle of the file that REF names' }),
  option('--rebuild', VERIFY, {
    cliOnly: true,
    help: 'Build from the checkout too, and compare with what is published. Needs a config',
  }),
  option('--adopt', PUBLISH, { help: 'Take over names that someone else wrote, keeping what they showed' }),
  option('--keep N', ['prune'], {
    cliOnly: true,
    default: '10',
    help: 'Releases of each channel that stay whole; generations that changed no artifact do not count',
  }),
  option('--min-age TIME', ['prune'], {
    cliOnly: true,
    default: '24h',
    help: 'Keep what was needed until less than this ago: a number with m, h or d',
  }),
  option('--exclusive', ['prune'], {
    cliOnly: true,
    help: 'No publisher runs, and none will start meanwhile: wanted where a store without a lock orders releases',
  }),
  option('--yes', ['prune'], { cliOnly: true, help: 'Mark and delete. Default: only tell what would be done' }),
  ...RELEASE_FLAGS,
  option('--dry-run', ['publish', 'heal', 'promote', 'retire', 'rollback'], { help: 'Do everything but write' }),
  option('-o, --out DIR', ['build', 'pull'], { help: 'Folder to write to' }),
  option('-o, --out PREFIX', ['keygen'], {
    default: 'slipway',
    cliOnly: true,
    help: 'Write PREFIX.key and PREFIX.pub; neither may be there',
  }),
  option('--type TYPE', ['keygen'], {
    choices: ['ecdsa-p256', 'ecdsa-p384', 'rsa-3072', 'rsa-4096', 'ed25519'],
    default: 'ecdsa-p256',
    cliOnly: true,
    help: 'Kind of key',
  }),
  option('--no-passphrase', ['keygen'], {
    cliOnly: true,
    help: 'Leave the private key unprotected. Otherwise its passphrase is in SLIPWAY_KEY_PASSWORD or COSIGN_PASSWORD',
  }),
  option('--output FORMAT', ['check'], {
    choices: ['text', 'json', 'sarif', 'junit', 'github'],
    default: 'text',
    cliOnly: true,
    help: 'Form of the answer on standard output',
  }),
  option('--output FORMAT', TELLING, {
    choices: ['text', 'json'],
    default: 'text',
    cliOnly: true,
    help: 'Form of the answer on standard output',
  }),
  option('-q, --quiet', ALL, { cliOnly: true, help: 'No progress' }),
  option('--verbose', ALL, { help: 'Show where an error came from' }),
  option('--no-color', ALL, { cliOnly: true, env: 'NO_COLOR', help: 'No colours' }),
];
