import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

/** The files in a zip archive, by name (APPNOTE.TXT §4.3.12, §4.3.16). */
export function filesIn(archive: string): Map<string, Buffer> {
  const zip = readFileSync(archive);
  const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  const files = new Map<string, Buffer>();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [method, size] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20)];
    const [name, extra, comment] = [28, 30, 32].map((field) => zip.readUInt16LE(at + field));
    const local = zip.readUInt32LE(at + 42);
    const data = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const bytes = zip.subarray(data, data + size);
    files.set(
      zip.toString('utf8', at + 46, at + 46 + name!),
      method === 0 ? bytes : inflateRawSync(bytes),
    );
    at += 46 + name! + extra! + comment!;
  }
  return files;
}
