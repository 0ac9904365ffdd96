/** What `ssh-keygen` writes. */

const MAGIC = 'openssh-key-v1\0';

/** Whether the body of an OpenSSH private key, in base64, has a passphrase: behind the magic word stands the cipher. */
export function isEncryptedOpenSsh(body: string): boolean {
  const key = Buffer.from(body, 'base64');
  if (key.length < MAGIC.length + 8 || key.toString('latin1', 0, MAGIC.length) !== MAGIC) return false;
  const length = key.readUInt32BE(MAGIC.length);
  return key.toString('latin1', MAGIC.length + 4, MAGIC.length + 4 + length) !== 'none';
}
