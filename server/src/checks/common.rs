//! Faults that anything behind a network can have.

use super::fault::faults;

faults! {
    /// The resolver has no address.
    NAME_UNKNOWN: Error,
    "No address was found for the name {host}.",
    fix "Correct the name, or add it to the DNS that the Quay nodes use. From a node: getent hosts {host}";

    /// They are down or cannot be reached; or they pass the question on to others that are.
    RESOLVER_SILENT: Error,
    "The name servers of this machine give no answer for {host}.",
    why "So the service was not asked at all. Quay nodes with the same name servers do not find it either.",
    fix "Look which of the name servers in /etc/resolv.conf is down, and try again from this machine: getent hosts {host}. Where only this name has no answer, correct it.";

    /// A connection was refused.
    CONNECTION_REFUSED: Error,
    "{host} is there, but nothing listens on port {port}.",
    fix "Correct the port, or start the service. On its machine: ss -ltn | grep {port}";

    /// Nothing came back at all.
    CONNECTION_SILENT: Error,
    "Nothing answers at {host} port {port}: the machine is off, or a firewall drops what is sent there.",
    fix "Start the machine, or open port {port} for the Quay nodes and for this console.";

    /// The network says that it cannot be reached.
    CONNECTION_UNREACHABLE: Error,
    "There is no way from here to {host} port {port}.",
    fix "Check routes and firewalls between this machine and {host}; in the same network, whether {host} is turned on.";

    /// It hangs up, or stops in the middle.
    CONNECTION_CLOSED: Error,
    "{host} port {port} took the connection and ended it before it had answered.",
    fix "Check that this is the port of the service, and look into the service's log at this time. A load balancer does this when the service behind it is down.";

    /// It takes the connection and says nothing, or stops answering later.
    NO_ANSWER: Error,
    "It did not answer within {seconds} seconds.",
    fix "Look whether the service hangs or is overloaded, and whether this is its port. A connection alone says little: a load balancer takes one for a service that is gone.";

    /// Something else is behind the port.
    OTHER_PROTOCOL: Error,
    "What answers at {host} port {port} is not {protocol}.",
    fix "Correct the port: another service uses this one. If it expects TLS, turn TLS on here, or off.";

    /// It does not stop sending.
    TOO_MUCH: Error,
    "What answers at {host} port {port} sent far more than {protocol} does.",
    fix "Correct host and port: another service uses them.";

    /// We speak TLS, and it does not.
    TLS_NOT_SPOKEN: Error,
    "{host} port {port} does not speak TLS.",
    fix "Use the port on which it speaks TLS, or turn TLS off for this service.";

    /// We speak TLS, and nothing comes back: many services wait for a line of theirs.
    TLS_SILENT: Error,
    "{host} port {port} takes the connection and does not answer to TLS.",
    fix "Mostly this is a port without TLS: use the one on which the service speaks TLS, or turn TLS off for it. Else the service hangs.";

    /// Both speak TLS, and do not agree.
    TLS_REFUSED: Error,
    "TLS with {host} could not be set up: {reason}.",
    fix "Let the server offer TLS 1.2 or 1.3. If it asks for a client certificate, give one.";

    /// What OpenSSL still takes and we never learnt: ciphers without ECDHE or AES-GCM, a key on the
    /// curve P-521. Quay gets through where we do not.
    TLS_NOTHING_IN_COMMON: Warning,
    "This console finds no TLS in common with {host} port {port}: {reason}.",
    why "It only knows ECDHE with AES-GCM or ChaCha20, and certificates with RSA, P-256, P-384 or Ed25519. Quay's OpenSSL knows more and may well get through, so this says nothing about Quay.",
    fix "Ask from a Quay node, with -starttls where TLS begins later: openssl s_client -connect {host}:{port}. To be checked here too, the server has to offer ECDHE with AES-GCM, and a certificate with one of those keys.";

    /// The end of the certificate has come.
    CERTIFICATE_EXPIRED: Error,
    "The certificate of {host} has expired on {until}.",
    fix "Renew the certificate of the service. Nothing has to be changed in Quay unless its authority changes too.";

    /// The certificate is for later.
    CERTIFICATE_NOT_YET: Error,
    "The certificate of {host} is not valid yet.",
    fix "Check the clocks of both machines, or have the certificate issued anew.";

    /// Nobody whom we know has signed it.
    CERTIFICATE_UNTRUSTED: Error,
    "The certificate of {host} goes back to {issuer}, whom nobody here trusts.",
    fix "Upload the certificate of that authority: {where}. If another authority has signed it, upload that one's too, up to the root, which signs itself.";

    /// What is uploaded belongs to it, and does not reach up to a root.
    CERTIFICATE_CHAIN: Error,
    "The certificates uploaded for {host} do not reach up to a root: that of {issuer} is missing.",
    why "Quay's libraries trust a certificate only if its chain ends in a root, an authority that has signed itself.",
    fix "Upload the certificate of {issuer} as well, and of whoever has signed that, up to the root: {where}.";

    /// The certificate itself is good.
    AUTHORITY_EXPIRED: Error,
    "The certificate of {host} is good, and that of an authority above it has expired.",
    fix "See which one: openssl s_client -connect {host}:{port} -showcerts shows what the service sends; the others are uploaded here. Put the new certificate of that authority in the place of the old one, in the service or here: {where}.";

    /// It is somebody else's.
    CERTIFICATE_NAME: Error,
    "The certificate of {host} is for {names}, not for {host}.",
    fix "Enter one of the names in the certificate, or have it issued for {host}.";

    /// It cannot be understood.
    CERTIFICATE_UNUSABLE: Error,
    "The certificate of {host} cannot be used: {reason}.",
    fix "Have the certificate issued anew.";

    /// It still works.
    CERTIFICATE_EXPIRES_SOON: Warning,
    "The certificate of {host} expires on {until}, in {days} days.",
    fix "Renew it before that day.";

    /// The configuration names a file that is not in the bundle.
    FILE_MISSING: Error,
    "The file {file} is not in the bundle.",
    fix "Upload it, or correct its name.";

    /// The file is there, and is none of the kind.
    FILE_UNUSABLE: Error,
    "The file {file} cannot be used: {reason}.",
    fix "Upload the right file under this name.";
}
