//! What can be wrong with an Azure engine.

use crate::checks::fault::faults;

faults! {
    /// Microsoft's library stops with a `ValueError`, and Quay does not start.
    AZURE_ACCOUNT_NOT_IN_ADDRESS: Error,
    "Quay cannot tell the account from the address {address}, and does not start with it.",
    fix "Enter an address that begins with the account, such as https://{account}.blob.core.windows.net. For a store on the node itself, 127.0.0.1 or localhost with the account as path.";

    /// Requests are signed for one, downloads for the other.
    AZURE_OTHER_ACCOUNT: Error,
    "The address is that of the account {other}, and the account name is {account}.",
    why "Quay signs what it writes for the one and downloads for the other; no image could be pulled.",
    fix "Let both name the same account, or take the address out.";

    /// No base64.
    AZURE_KEY_UNREADABLE: Error,
    "The account key is none: a key is base64, mostly 88 letters.",
    fix "Copy one of the two keys anew: az storage account keys list --account-name {account}";

    /// `AuthenticationFailed`, and the clocks agree.
    AZURE_WRONG_KEY: Error,
    "The store does not take the key of the account {account}.",
    fix "Copy one of the two keys anew: az storage account keys list --account-name {account}";

    /// `KeyBasedAuthenticationNotPermitted`
    AZURE_KEYS_NOT_TAKEN: Error,
    "The account {account} is set to take no account keys.",
    fix "Let it take them; Quay has no other way: az storage account update --name {account} --allow-shared-key-access true";

    /// A text without a signature.
    AZURE_TOKEN_UNREADABLE: Error,
    "The shared access token is none: {reason}.",
    fix "Make one for the container: az storage container generate-sas --account-name {account} --name {container} --permissions racwdl --expiry DAY";

    /// `se` is over.
    AZURE_TOKEN_EXPIRED: Error,
    "The shared access token has expired on {until}.",
    fix "Make a new one: az storage container generate-sas --account-name {account} --name {container} --permissions racwdl --expiry DAY";

    /// It still works.
    AZURE_TOKEN_EXPIRES_SOON: Warning,
    "The shared access token expires on {until}, in {days} days.",
    fix "Make a new one before that day: az storage container generate-sas --account-name {account} --name {container} --permissions racwdl --expiry DAY";

    /// `st` is to come.
    AZURE_TOKEN_NOT_YET: Error,
    "The shared access token is not valid before {from}.",
    fix "Wait, or make one that begins now, which is one without a start.";

    /// `sp`
    AZURE_TOKEN_LACKS: Error,
    "The shared access token does not allow to {missing}.",
    fix "Make one that allows it: az storage container generate-sas --account-name {account} --name {container} --permissions racwdl --expiry DAY";

    /// `sr`, `ss`, `srt`
    AZURE_TOKEN_ELSEWHERE: Error,
    "The shared access token is not for the blobs of a container: {scope}.",
    fix "Make one for the container: az storage container generate-sas --account-name {account} --name {container} --permissions racwdl --expiry DAY";

    /// `AuthenticationFailed` with a token whose times are right.
    AZURE_TOKEN_REFUSED: Error,
    "The store does not take the shared access token.",
    fix "It has been changed, is for another account or container, or was signed with a key that has been replaced. Make a new one: az storage container generate-sas --account-name {account} --name {container} --permissions racwdl --expiry DAY";

    /// `sip`
    AZURE_TOKEN_OTHER_PLACE: Error,
    "The shared access token is not for requests from this machine's address.",
    fix "Make one without a range of addresses, or one with those of all Quay nodes and of this console.";

    /// Quay's driver takes the token, keeps it and never uses it.
    AZURE_TOKEN_NOT_USED: Error,
    "There is only a shared access token, and Quay does not use it: it asks without any credential, and is refused.",
    why "The driver reads the token and forgets it. Without the account key it can neither write nor sign downloads.",
    fix "Enter the account key: az storage account keys list --account-name {account}";

    /// `Request date header too old`
    AZURE_CLOCK_REFUSED: Error,
    "The store refuses because the clocks differ: the one here and the one there are {difference} apart.",
    fix "Set the clock of this machine, and those of the Quay nodes, by a time server. On each: chronyc tracking";

    /// What Quay signs for downloads ends after a minute.
    AZURE_CLOCKS_DIFFER: Warning,
    "The clock of the store and the one here are {seconds} seconds apart.",
    why "What Quay signs for a download is good for 60 seconds. If its clock is that far behind, no image can be pulled.",
    fix "Set the clock of this machine, and those of the Quay nodes, by a time server. On each: chronyc tracking";

    /// `AuthorizationFailure`
    AZURE_NETWORK_REFUSED: Error,
    "The account {account} does not let requests in from this machine's address.",
    fix "Add the addresses of all Quay nodes and of this console to the network rules of the account: az storage account network-rule add --account-name {account} --ip-address ADDRESS";

    /// `AccountRequiresHttps`, `AuthorizationProtocolMismatch`
    AZURE_HTTPS_WANTED: Error,
    "The store takes encrypted requests only.",
    fix "Let the address begin with https://, or take it out.";

    /// `ResourceNotFound` where the account stands in the path.
    AZURE_ACCOUNT_UNKNOWN: Error,
    "There is no account {account} at {host}.",
    fix "Correct the account name, or the address.";

    /// `AccountIsDisabled`
    AZURE_ACCOUNT_OFF: Error,
    "The account {account} has been disabled.",
    fix "Look in Azure's portal why: mostly the subscription has ended.";

    /// No header of Azure in the answer.
    AZURE_OTHER_SERVICE: Error,
    "What answers at {host} is no blob store of Azure.",
    fix "Correct the address. It has no container at its end, and is that of the blob service, with .blob. in its name.";

    /// `ContainerNotFound`
    AZURE_CONTAINER_MISSING: Error,
    "There is no container {container} in the account {account}.",
    fix "Create it: az storage container create --account-name {account} --name {container}";

    /// `ContainerBeingDeleted`
    AZURE_CONTAINER_GOING: Error,
    "The container {container} is being deleted.",
    fix "Wait until it is gone, then create it anew. What was in it is lost unless the account keeps deleted containers: az storage container restore";

    /// `InvalidResourceName`, `OutOfRangeInput`
    AZURE_CONTAINER_NAME: Error,
    "No container can have the name {container}.",
    fix "Enter its right name: 3 to 63 small letters, digits and single dashes.";

    /// `x-ms-blob-public-access`
    AZURE_CONTAINER_PUBLIC: Warning,
    "Anybody can read the container {container} without a login.",
    why "So anybody can read all images, whatever Quay allows.",
    fix "Close it: az storage container set-permission --account-name {account} --name {container} --public-access off";

    /// `403` for a write.
    AZURE_MAY_NOT_WRITE: Error,
    "The store does not allow to write to the container {container}.",
    fix "With a token, make one that allows it: az storage container generate-sas --account-name {account} --name {container} --permissions racwdl --expiry DAY";

    /// `403` for a read.
    AZURE_MAY_NOT_READ: Error,
    "The store does not allow to read from the container {container}.",
    fix "With a token, make one that allows it: az storage container generate-sas --account-name {account} --name {container} --permissions racwdl --expiry DAY";

    /// `403` for a deletion.
    AZURE_MAY_NOT_DELETE: Error,
    "The store does not allow to delete from the container {container}; {object} is left there.",
    why "What Quay throws away stays, and the store grows without end.",
    fix "With a token, make one that allows it: az storage container generate-sas --account-name {account} --name {container} --permissions racwdl --expiry DAY";

    /// `BlobImmutableDueToPolicy`
    AZURE_IMMUTABLE: Error,
    "The container {container} has a rule that what is in it stays; {object} is left there.",
    why "Each push leaves a copy behind that Quay cannot delete, and pushes fail at that point.",
    fix "Take the rule from the container: az storage container immutability-policy delete --account-name {account} --container-name {container}. Or use another container.";

    /// Written, and not there or another.
    AZURE_NOT_READ_BACK: Error,
    "What was written cannot be read back.",
    fix "Look into the store's log at this time, and check that only one store is behind this address.";

    /// Pushes end with a copy inside the store.
    AZURE_NOT_COPIED: Error,
    "The store does not copy a blob that it is shown at a signed address: {status}.",
    why "Each push ends with such a copy.",
    fix "Look at its answer. Mostly the network rules of the account or its scope for copies forbid it: az storage account show --name {account} --query allowedCopyScope";

    /// The signature of a download.
    AZURE_DOWNLOAD_REFUSED: Error,
    "The store refuses an address that is signed as Quay signs it.",
    why "Quay sends clients to such an address for each layer. None could be pulled.",
    fix "Look at its answer, and compare account name and address.";

    /// `CorsPreflightFailure`
    AZURE_PAGES_REFUSED: Warning,
    "Pages of {page} may not read from the store.",
    why "The page of a finished build reads its log from there, and shows none.",
    fix "Allow it: az storage cors add --account-name {account} --services b --methods GET PUT --origins {page} --allowed-headers '*' --exposed-headers 'x-ms-meta-*' --max-age 3000";

    /// `503`, `500`
    AZURE_FAILS: Error,
    "The store answers, but does not do its work: {status}.",
    fix "Try again later. If it lasts, look in Azure's portal for the health of the account.";

    /// Anything else.
    AZURE_REFUSES: Error,
    "The store does not {action}: {status}.",
    fix "Look at its answer; Azure explains the code in its list of common error codes for storage.";
}
