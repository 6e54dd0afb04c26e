"""A real mail server for tests: aiosmtpd, which keeps what it is sent.

Usage: smtp_server.py PORT FOLDER SETTINGS

FOLDER holds server.crt and server.key and gets the mails. SETTINGS is JSON:

tls       "" for none, "starttls", "required" for mail only after STARTTLS, "implicit"
user      who may log in; without, nobody has to
password  with this password
kinds     kinds of log-in that are offered in place of LOGIN and PLAIN
answers   fixed answers: to a command by its name, "greeting", or "content" of a mail
slow      takes a mail and never says so
names     turns away who greets with an address in the place of a name
"""

import asyncio
import json
import ssl
import sys
import threading
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

port, folder, settings = int(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])
answers = settings.get("answers", {})


class Mails:
    """Keeps mails as files."""

    count = 0

    async def handle_DATA(self, server, session, envelope):
        if "content" in answers:
            return answers["content"]
        self.count += 1
        head = f"MAIL FROM:{envelope.mail_from} RCPT TO:{envelope.rcpt_tos}\r\n"
        (folder / f"{self.count}.eml").write_bytes(head.encode() + envelope.content)
        if settings.get("slow"):
            await asyncio.Event().wait()
        return f"250 OK: queued as {self.count}"


async def never(server, arguments):
    return AuthResult(success=False, handled=False)


for kind in settings.get("kinds", []):
    setattr(Mails, "auth_" + kind.replace("-", "__"), staticmethod(never))


class Server(SMTP):
    """A mail server with fixed answers to some commands."""

    greeted = False

    async def push(self, status):
        if not self.greeted and "greeting" in answers:
            status = answers["greeting"]
        self.greeted = True
        return await super().push(status)

    async def smtp_EHLO(self, hostname):
        if settings.get("names") and (hostname or "").startswith("["):
            await self.push("421 4.7.0 Try again later, closing connection. (EHLO)")
            self.transport.close()
        else:
            await super().smtp_EHLO(hostname)


def fixed(answer):
    async def reply(self, argument):
        await self.push(answer)

    return reply


for command, answer in answers.items():
    if command.isupper():
        setattr(Server, "smtp_" + command, fixed(answer))


def authenticate(server, session, envelope, mechanism, data):
    wanted = LoginPassword(settings["user"].encode(), settings["password"].encode())
    known = data == wanted
    return AuthResult(success=known, handled=known)


class Here(Controller):
    """Makes servers as the settings say."""

    def factory(self):
        return Server(self.handler, **self.SMTP_kwargs)


tls = settings.get("tls", "")
context = None
if tls:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "server.crt", folder / "server.key")
Here(
    Mails(),
    hostname="127.0.0.1",
    port=port,
    server_hostname="mail.example.com",
    ready_timeout=30,
    ssl_context=context if tls == "implicit" else None,
    tls_context=None if tls == "implicit" else context,
    require_starttls=tls == "required",
    auth_require_tls=tls in ("starttls", "required"),
    auth_required="user" in settings,
    auth_exclude_mechanism=["LOGIN", "PLAIN"] if "kinds" in settings else None,
    authenticator=authenticate if "user" in settings else None,
).start()
threading.Event().wait()
