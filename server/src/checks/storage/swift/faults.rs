//! What can be wrong with a Swift engine.

use crate::checks::fault::faults;

faults! {
    /// Handed out by the login service, or the target of a redirect.
    SWIFT_ADDRESS_UNUSABLE: Error,
    "{address} is no address of a web service, and the login service names it as one.",
    fix "Correct it at the login service. For Keystone: openstack endpoint list --service object-store";

    /// `auth_token`, which somebody got by hand.
    SWIFT_TOKEN_ENDS: Warning,
    "A token is configured in place of a login.",
    why "Tokens end after some hours, and with this one the access to all images may end.",
    fix "Take the token out of the login options; user and password are enough.";

    /// Quay's client follows.
    SWIFT_LOGIN_MOVED: Warning,
    "{address} sends whoever logs in on to {next}.",
    why "Each login makes a detour, and the first address is told the password as well.",
    fix "Enter the second address as the login address, without what is added for a login: /tokens or /auth/tokens.";

    /// They lead in a circle.
    SWIFT_LOGIN_CIRCLE: Error,
    "{address} sends whoever logs in on and on.",
    fix "Correct the login address, or the redirects of the web server before the login service.";

    /// `404` and the like.
    SWIFT_NO_LOGIN: Error,
    "There is no login of version {version} at {address}.",
    fix "Correct the login address. It mostly ends in /v3 for version 3, in /v2.0 for version 2, and in /auth/v1.0 for version 1.";

    /// Keystone tells which versions it speaks.
    SWIFT_OTHER_VERSION: Error,
    "The login service at {address} speaks {versions}, and version {version} is configured.",
    fix "Choose the version it speaks, and let the login address end in it, such as /v3.";

    /// `500` and the like.
    SWIFT_LOGIN_FAILS: Error,
    "The login service answers, but does not do its work: {status}.",
    fix "Look into its log at this time. For Keystone, it may not reach its database.";

    /// `400`
    SWIFT_LOGIN_UNCLEAR: Error,
    "The login service does not understand the login options.",
    fix "Look at its answer, and correct the login options: mostly the user's domain or the tenant.";

    /// `401`, also without a project.
    SWIFT_LOGIN_REFUSED: Error,
    "The login service does not take the user {user} with this password.",
    fix "Correct the user name, the password or, for version 3, the user's domain. To try them: {command}";

    /// `403` with version 1, by a Ceph gateway.
    SWIFT_USER_UNKNOWN: Error,
    "The login service knows no user {user}.",
    fix "Correct the user name; for version 1 it has the form account:user. A Ceph gateway shows its users with: radosgw-admin user info --uid ACCOUNT";

    /// `401`, while the same user gets in without a project.
    SWIFT_PROJECT_REFUSED: Error,
    "The password of {user} is right, and the login service does not let the user into {project}.",
    fix "Correct the tenant or its domain. What the user may enter: {known}. Or give the user a role there: openstack role add --user {user} --project PROJECT member";

    /// Nothing of the kind in the catalogue.
    SWIFT_NO_STORE: Error,
    "The login service names no store: there is no service {service} in its catalogue for this tenant.",
    fix "Register the store with openstack service create and openstack endpoint create. If it is there under another type, enter that under the login options. openstack catalog list shows what is there.";

    /// Another region, or another type of address.
    SWIFT_NO_ENDPOINT: Error,
    "The login service names no {interface} address of the store in {region}.",
    fix "Correct the region or the address type under the login options. The catalogue has: {known}";

    /// The login works, and leads nowhere.
    SWIFT_STORE_UNREACHABLE: Error,
    "The login service names {address} as the address of the store, and it cannot be reached: {reason}.",
    fix "Let the login service name an address that all Quay nodes reach: openstack endpoint set --url, or rgw_swift_url of a Ceph gateway. Or choose another address type, or enter the store's address, under the login options.";

    /// `localhost` in the catalogue.
    SWIFT_STORE_IS_LOCAL: Warning,
    "The login service names {address} as the address of the store. For each node, that is the node itself.",
    why "Quay's nodes look for the store on themselves, and mostly find nothing there.",
    fix "Let the login service name an address that means the same on all nodes: openstack endpoint set --url, or rgw_swift_url of a Ceph gateway.";

    /// Mostly behind a proxy that ends TLS.
    SWIFT_STORE_IN_CLEAR: Warning,
    "The login is encrypted, and the store that the login service names is not: {address}.",
    why "The token and all images go over the network in clear.",
    fix "Let the login service name an address that begins with https: openstack endpoint set --url, or rgw_swift_url of a Ceph gateway.";

    /// `401` with a token a second old.
    SWIFT_TOKEN_REFUSED: Error,
    "The store does not take the token that the login service has just given to {user}.",
    fix "Check that the store asks this login service and takes the user's role: keystone_authtoken and operator_roles in Swift's proxy-server.conf, rgw_keystone_url and rgw_keystone_accepted_roles for a Ceph gateway.";

    /// `404`
    SWIFT_CONTAINER_MISSING: Error,
    "There is no container {container} in this account.",
    fix "Create it: swift post {container}";

    /// `403` for the container itself.
    SWIFT_CONTAINER_FORBIDDEN: Error,
    "{user} may not use the container {container}.",
    fix "Give the user full access. With Swift: openstack role add --user {user} --project PROJECT member. With a Ceph gateway: radosgw-admin subuser modify --uid ACCOUNT --subuser {user} --access full; there the container may also be somebody else's: radosgw-admin bucket stats --bucket {container}";

    /// `403` for a write.
    SWIFT_MAY_NOT_WRITE: Error,
    "{user} may not write to the container {container}.",
    fix "Give the user full access. With Swift: a role among operator_roles, or swift post --write-acl. With a Ceph gateway: radosgw-admin subuser modify --uid ACCOUNT --subuser {user} --access full";

    /// `403` for a read.
    SWIFT_MAY_NOT_READ: Error,
    "{user} may write to the container {container}, but not read from it.",
    fix "Give the user full access. With Swift: a role among operator_roles, or swift post --read-acl with .rlistings. With a Ceph gateway: radosgw-admin subuser modify --uid ACCOUNT --subuser {user} --access full";

    /// `403` for a deletion.
    SWIFT_MAY_NOT_DELETE: Error,
    "{user} may write to the container {container}, but not delete; {object} is left there.",
    why "What Quay throws away stays, and the store grows without end.",
    fix "Give the user full access. With Swift: a role among operator_roles. With a Ceph gateway: radosgw-admin subuser modify --uid ACCOUNT --subuser {user} --access full";

    /// Written, and not there or another.
    SWIFT_NOT_READ_BACK: Error,
    "What was written cannot be read back.",
    fix "Look into the store's log at this time, and check that only one store is behind this address.";

    /// The manifest is read as the empty object that it is.
    SWIFT_PARTS_NOT_JOINED: Error,
    "The store does not join what was written in parts.",
    why "Quay writes large layers in parts. None of them could be pulled.",
    fix "Add dlo to the pipeline in Swift's proxy-server.conf, before the server itself.";

    /// `413`, `507`
    SWIFT_FULL: Error,
    "The store takes nothing more: a quota is used up, or its disks are full.",
    fix "Make room, or raise the quota. With Swift: swift post -m quota-bytes:NUMBER. With a Ceph gateway: radosgw-admin quota set --uid ACCOUNT --quota-scope user --max-size SIZE";

    /// Before it comes to that.
    SWIFT_NEARLY_FULL: Warning,
    "{percent} percent of the quota of the {owner} are used.",
    why "Once all of it is used, nothing can be pushed.",
    fix "Raise the quota, or let Quay throw old images away. With Swift: swift post -m quota-bytes:NUMBER. With a Ceph gateway: radosgw-admin quota set --uid ACCOUNT --quota-scope user --max-size SIZE";

    /// `429`, `498`
    SWIFT_SLOWED_DOWN: Error,
    "The store refuses because it is asked too often.",
    fix "Raise the limit: ratelimit in Swift's proxy-server.conf, or that of the proxy before it.";

    /// Anything else.
    SWIFT_STORE_FAILS: Error,
    "The store does not {action}: {status}.",
    fix "Look at its answer, and into its log at this time.";

    /// `/info` lists what the store can do.
    SWIFT_DOWNLOADS_NOT_OFFERED: Error,
    "The store takes no signed addresses, and a download key is configured.",
    why "Quay sends clients to such an address for each layer. None could be pulled.",
    fix "Add tempurl to the pipeline in Swift's proxy-server.conf. Or take the download key out here: all data then passes through Quay.";

    /// Swift of 2022 and later takes SHA-1 only where it is told to.
    SWIFT_DIGEST_NOT_TAKEN: Error,
    "The store takes no addresses signed with SHA-1, and Quay makes no others.",
    why "Quay sends clients to such an address for each layer. None could be pulled.",
    fix "Add sha1 to allowed_digests under filter:tempurl in Swift's proxy-server.conf. Or take the download key out here: all data then passes through Quay.";

    /// The account shows none.
    SWIFT_DOWNLOAD_KEY_UNSET: Error,
    "A download key is configured here, and the store has none.",
    why "Quay sends clients to addresses signed with it for each layer. None could be pulled.",
    fix "Give the store the same key: swift post -m Temp-URL-Key:KEY. Or take it out here: all data then passes through Quay.";

    /// The account shows another.
    SWIFT_DOWNLOAD_KEY_OTHER: Error,
    "The download key is another one than the store has.",
    why "Quay sends clients to addresses signed with it for each layer. None could be pulled.",
    fix "Enter the key of the store, which swift stat -v shows as Meta Temp-Url-Key, or give it this one: swift post -m Temp-URL-Key:KEY";

    /// What is signed here has ended there, or is far in the future.
    SWIFT_CLOCKS_DIFFER: Error,
    "The clock of the store and the one here are {seconds} seconds apart, and signed addresses end after 60.",
    why "Quay sends clients to such an address for each layer. None could be pulled.",
    fix "Set both clocks by the same time server. On each machine: chronyc tracking";

    /// It does not tell why.
    SWIFT_DOWNLOAD_REFUSED: Error,
    "The store refuses an address signed with the download key.",
    why "Quay sends clients to such an address for each layer. None could be pulled.",
    fix "Give the store the same key: swift post -m Temp-URL-Key:KEY. If it has it, look into its log at this time. Or take the key out here: all data then passes through Quay.";
}
