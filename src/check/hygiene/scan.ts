/** Looks for credentials in the files of an artifact, as they are published: in values, comments and everything else. */
import { textOfFile } from '../file-text.ts';
import type { Breach } from '../rule.ts';
import type { ArtifactCheck, PlacedObject } from '../view.ts';
import { Places } from '../yaml/position.ts';
import { type Credential, credentialsIn, mayHoldCredential } from './credentials.ts';

/** The rule that a credential breaks, with what there is to say about it. */
export function exposed({ what, certain }: Credential, where: string): Breach {
  return certain
    ? {
        rule: 'hygiene/credential',
        message: `${where} holds ${what}: everybody who can read the artifact can use it`,
        found: what,
        hint: 'replace the credential where it is used, it counts as known; then publish it encrypted, or not at all',
      }
    : {
        rule: 'hygiene/possible-credential',
        message: `${where} holds what looks like ${what}`,
        found: what,
        hint: 'if it opens anything, replace it and publish it encrypted; else ignore the rule here',
      };
}

/** Finds credentials in the bytes of files. */
export const checkCredentials: ArtifactCheck = (view, _context, report) => {
  for (const file of view.files) {
    // As Latin-1 the question costs a third; what it asks for is ASCII.
    if (!mayHoldCredential(Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.length).toString('latin1')))
      continue;
    const text = textOfFile(file);
    const places = new Places(text);
    const owners = view.objects.filter(({ document }) => document.file === file.path);
    for (const credential of credentialsIn(text)) {
      const place = { file: file.path, ...places.at(credential.at) };
      const breach = exposed(credential, 'This file');
      if (!isIgnored(owners, place.line, breach.rule)) report(breach, place);
    }
  }
};

/** Whether the object that a line of a file belongs to ignores a rule; the objects of a list share their lines. */
function isIgnored(objects: readonly PlacedObject[], line: number, rule: string): boolean {
  const start = objects.findLast(({ document }) => document.line <= line)?.document.line;
  return objects.some(({ document, facts }) => document.line === start && facts.ignored.includes(rule));
}
