"""A mail relay that keeps what it is given: mail.py ADDRESS PORT FOLDER CERTIFICATE KEY

It wants STARTTLS and then a log-in, as relays do: quay with the password mail-password.
"""

import ssl
import sys
import threading
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

LOGIN = (b"quay", b"mail-password")


class Keeper:
    """Writes each message into a file of its own."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        # It goes on where it was before it was stopped.
        self.count = max((int(kept.stem) for kept in self.folder.glob("*.eml")), default=0)

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        (self.folder / f"{self.count}.eml").write_bytes(envelope.content)
        print(f"kept a message for {', '.join(envelope.rcpt_tos)}", flush=True)
        return "250 Kept"


def log_in(server, session, envelope, mechanism, data):
    known = isinstance(data, LoginPassword) and (data.login, data.password) == LOGIN
    return AuthResult(success=known, handled=known)


def main(address, port, folder, certificate, key):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    controller = Controller(
        Keeper(folder),
        hostname=address,
        port=int(port),
        authenticator=log_in,
        auth_required=True,
        require_starttls=True,
        tls_context=context,
    )
    controller.start()
    threading.Event().wait()


main(*sys.argv[1:])
