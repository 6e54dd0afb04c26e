//! Faults that anything behind a network can have.

use super::fault::faults;

faults! {
    /// The resolver has no address.
    NAME_UNKNOWN: Error,
    "No address was found for the name {host}.",
    fix "Correct the name, or add it to the DNS that the Quay nodes use. From a node: getent hosts {host}";

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
    fix "Check routes and firewalls between this machine and {host}.";

    /// It hangs up, or stops in the middle.
    CONNECTION_CLOSED: Error,
    "{host} port {port} took the connection and ended it before it had answered.",
    fix "Check that this is the port of the service, and look into the service's log at this time.";

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
    "The certificate of {host} is signed by {issuer}, whom nobody here trusts.",
    fix "Upload the certificate of that authority: {where}.";

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
