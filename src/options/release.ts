/** Options of the commands that look at releases and move them. */
import { type CommandName, type Option, option } from './option.ts';

/** What changes a channel without a build. */
export const CONTROL: readonly CommandName[] = ['freeze', 'promote', 'retire', 'rollback', 'unfreeze'];
/** What shows releases. */
export const LIVE: readonly CommandName[] = ['diff', 'log', 'status', 'whois'];

const cliOnly = true;

/** Positional ones. */
export const RELEASE_SUBJECTS: readonly Option[] = [
  option('SIDE', ['diff'], {
    name: 'sides',
    list: true,
    cliOnly,
    help: 'What to compare, before and after: a channel (prod), a generation of it (prod@41), a version (1.4.0), a digest, a reference as the receipt of a publish shows it, or a folder (., ./deploy). Default: the channel of the config, and this checkout',
  }),
  option('CHANNEL', ['freeze', 'unfreeze', 'log'], {
    name: 'channel',
    cliOnly,
    help: 'The channel. Default: channel of the config',
  }),
  option('CHANNEL', ['status'], {
    name: 'channels',
    list: true,
    cliOnly,
    help: 'Channels to look at. Default: all that the stores have',
  }),
  option('NAME', ['retire'], { name: 'names', list: true, required: true, cliOnly, help: 'Artifacts to remove' }),
  option('DIGEST', ['whois'], {
    name: 'digest',
    required: true,
    cliOnly,
    help: 'sha256: and its hexadecimal digits, at least eight of them',
  }),
];

/** Flags. */
export const RELEASE_FLAGS: readonly Option[] = [
  option('--channel NAME', ['retire', 'rollback'], { cliOnly, help: 'The channel. Default: channel of the config' }),
  option('--from WHAT', ['promote'], {
    required: true,
    cliOnly,
    help: 'Where the artifacts come from: a channel (staging), a generation of it (staging@41), a version (1.4.0) or a digest',
  }),
  option('--to NAME', ['promote'], { required: true, cliOnly, help: 'Channel to move' }),
  option('--to WHAT', ['rollback'], {
    cliOnly,
    help: 'A generation (41), a version (1.4.1) or the digest of something that was adopted. Default: the release before this one',
  }),
  option('--version VERSION', ['promote'], { cliOnly, help: 'Claim this semantic version for it too' }),
  option('--wave NAME', ['promote'], {
    cliOnly,
    help: 'End behind this wave of the channel; run again to go on. Default: all waves, waiting between them',
  }),
  option('--reason TEXT', ['freeze'], { required: true, cliOnly, help: 'Why, which everybody is told who publishes' }),
  option('--artifact NAME', ['diff', 'log', 'promote', 'rollback'], {
    list: true,
    cliOnly,
    help: 'Only these artifacts. Default: all',
  }),
  option('--store NAME', [...CONTROL, ...LIVE], {
    list: true,
    cliOnly,
    help: 'Only these stores of the channel. Default: all',
  }),
  option('--primary NAME', CONTROL, {
    cliOnly,
    help: 'Let this store order the release, when the configured primary cannot be reached',
  }),
  option('--allow WHAT', CONTROL, {
    list: true,
    cliOnly,
    help: 'Go ahead although slipway refused; the message of the refusal says what to write',
  }),
  option('--at TIME', ['log'], { cliOnly, help: 'What was live then: 2026-05-01, 2026-05-01T12:00Z' }),
  option('--limit N', ['log'], { cliOnly, default: '20', help: 'Generations to show' }),
  option('--render KIND', ['diff'], {
    choices: ['source', 'plain', 'kustomize', 'helm'],
    default: 'source',
    cliOnly,
    help: 'How a folder without slipway.yaml becomes what the consumer reads',
  }),
  option('--unified', ['diff'], { cliOnly, help: 'Show YAML line by line, as diff -u does' }),
  option('--exit-code', ['diff', 'plan'], { cliOnly, help: 'End with 1 when anything is different' }),
  option('-o, --out FILE', ['diff', 'plan'], { cliOnly, help: 'File to write to' }),
  option('--plan FILE', ['publish'], { help: 'Publish exactly what slipway plan wrote to this file, or nothing' }),
  option('--built DIR', ['plan', 'publish'], {
    help: 'Folder for what was built: slipway plan writes it, slipway publish --plan takes it from there and builds nothing',
  }),
  option('--bundle FILE', ['publish'], { help: 'Publish what slipway pull --bundle wrote, instead of building' }),
  option('--bundle FILE', ['pull'], {
    cliOnly,
    help: 'Write a whole channel or version with its proofs into one file; REF names it',
  }),
  option('--output FORMAT', ['diff'], {
    choices: ['text', 'json', 'markdown', 'html'],
    default: 'text',
    cliOnly,
    help: 'Form of the answer on standard output, or in the file of --out',
  }),
];
