"""Writes archives, good and nasty, into the folder that is named: what fuzzing begins with.

They are written and not kept, because nobody can review packed bytes.
"""

import gzip
import io
import pathlib
import sys
import tarfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOOD = (ROOT / "server/tests/fixtures/good.yaml").read_bytes()
MIB = 1024 * 1024
# A text of one MiB that is named a hundred thousand times: 100 GiB, if each were a copy.
MANY_COPIES = b"a: &a " + b"x" * MIB + b"\nb: [" + b",".join([b"*a"] * 99_000) + b"]\n"


def entry(name, content=b"", kind=tarfile.REGTYPE, link="", mode=0o644):
    found = tarfile.TarInfo(name)
    found.size, found.type, found.linkname, found.mode = len(content), kind, link, mode
    return found, content


def archive(*entries, form=tarfile.USTAR_FORMAT):
    unpacked = io.BytesIO()
    # Without padding, so that a change is more often one of something that is read.
    with tarfile.open(fileobj=unpacked, mode="w", format=form) as tar:
        for header, content in entries:
            tar.addfile(header, io.BytesIO(content))
    return unpacked.getvalue().rstrip(b"\0") + bytes(1024 + 512)


def config(content):
    return archive(entry("config.yaml", content))


SHORT = entry("config.yaml", b"SERVER_HOSTNAME: quay.example.com\n")
ARCHIVES = {
    "good": archive(
        entry("config.yaml", GOOD, mode=0o600),
        entry("extra_ca_certs/", kind=tarfile.DIRTYPE),
        entry("extra_ca_certs/ca.crt", b"-----BEGIN CERTIFICATE-----\n"),
        entry("ssl.cert", b"-----BEGIN CERTIFICATE-----\n"),
        entry("ssl.key", b"-----BEGIN PRIVATE KEY-----\n", mode=0o600),
    ),
    "dots": archive(entry("./", kind=tarfile.DIRTYPE), entry("./config.yaml", SHORT[1])),
    "traversal": archive(SHORT, entry("../../ssl.key", b"evil")),
    "absolute": archive(SHORT, entry("/etc/ssl.key", b"evil")),
    "symlink": archive(SHORT, entry("ssl.key", kind=tarfile.SYMTYPE, link="/etc/shadow")),
    "hard_link": archive(SHORT, entry("ssl.key", kind=tarfile.LNKTYPE, link="config.yaml")),
    "device": archive(SHORT, entry("ssl.key", kind=tarfile.CHRTYPE)),
    "pipe": archive(SHORT, entry("ssl.key", kind=tarfile.FIFOTYPE)),
    "twice": archive(SHORT, SHORT, entry("ssl.key", b"a"), entry("ssl.key", b"b")),
    "folder_like_a_file": archive(SHORT, entry("config.yaml/ca.crt", b"a")),
    "long_name_gnu": archive(SHORT, entry("a" * 300 + ".crt", b"a"), form=tarfile.GNU_FORMAT),
    "long_name_pax": archive(SHORT, entry("é" * 200 + ".crt", b"a"), form=tarfile.PAX_FORMAT),
    "not_utf8": config(b"SERVER_HOSTNAME: \xff\xfe\n"),
    "no_config": archive(entry("ssl.cert", b"a")),
    "nothing": bytes(1024),
    "many_files": archive(SHORT, *(entry(f"{number}.crt") for number in range(401))),
    "bomb_of_zeros": archive(entry("config.yaml", bytes(34 * MIB))),
    "bomb_unread": archive(entry("unknown", bytes(34 * MIB)), SHORT),
    "bomb_of_aliases": config(MANY_COPIES),
    "nested_keys": config(b"? " * 200_000 + b"a\n"),
    "nested_lists": config(b"a:\n" + b"- " * 200_000 + b"a\n"),
    "long_flow": config(b"a: [" + b"[]," * 90_000 + b"]\n"),
}


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, unpacked in ARCHIVES.items():
        packed = gzip.compress(unpacked, mtime=0)
        (folder / f"{name}.tar.gz").write_bytes(packed)
        if name == "good":
            (folder / "cut_off.tar.gz").write_bytes(packed[: len(packed) // 2])
            (folder / "with_a_tail.tar.gz").write_bytes(packed + b"tail")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
