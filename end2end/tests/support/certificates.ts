// Certificates and keys as an administrator has them made, with openssl.
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Signed {
  certificate: string;
  key: string;
}

const AUTHORITY_CONFIG = `
[ca]
default_ca = own
[own]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = names
copy_extensions = copy
unique_subject = no
[names]
commonName = supplied
`;

/** An authority of one's own, in a folder of its own. */
export class Authority {
  private constructor(
    private readonly folder: string,
    /** The authority's own certificate. */
    readonly certificate: string,
  ) {}

  static async create(parent: string, name = "Example CA"): Promise<Authority> {
    const folder = join(parent, name.toLowerCase().replaceAll(" ", "-"));
    await mkdir(folder);
    await writeFile(join(folder, "ca.conf"), AUTHORITY_CONFIG);
    await writeFile(join(folder, "index.txt"), "");
    const certificate = join(folder, "ca.crt");
    await run(
      "openssl",
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650",
        "-subj", `/CN=${name}`, "-keyout", "ca.key", "-out", certificate,
      ],
      { cwd: folder },
    );
    return new Authority(folder, certificate);
  }

  /** A key, and a certificate for `host`; both dates as openssl writes them. */
  async sign(host: string, from = "20260101000000Z", until = "20400101000000Z"): Promise<Signed> {
    const name = `${host}-${until}`;
    const at = (ending: string) => join(this.folder, `${name}.${ending}`);
    await run("openssl", [
      "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", `/CN=${host}`,
      "-addext", `subjectAltName=DNS:${host}`, "-keyout", at("key"), "-out", at("csr"),
    ]);
    await run(
      "openssl",
      [
        "ca", "-batch", "-notext", "-config", "ca.conf", "-cert", "ca.crt", "-keyfile", "ca.key",
        "-startdate", from, "-enddate", until, "-in", at("csr"), "-out", at("cert"),
      ],
      { cwd: this.folder },
    );
    return { certificate: at("cert"), key: at("key") };
  }
}
