//! What a store answers, and what that means.

use crate::clients::http::Answer;
use http::StatusCode;
use roxmltree::{Document, Node};

/// What a load balancer answers where the stores behind it do not.
const GATEWAY_TROUBLE: [StatusCode; 3] =
    [StatusCode::BAD_GATEWAY, StatusCode::SERVICE_UNAVAILABLE, StatusCode::GATEWAY_TIMEOUT];

/// An answer, and what it says is wrong.
pub(super) struct Reply {
    /// The answer.
    pub(super) answer: Answer,
    /// What the store says is wrong, where it says so in its own words.
    refusal: Option<Refusal>,
}

/// What a store says is wrong.
struct Refusal {
    code: String,
    message: String,
    region: String,
    request: String,
    names_bucket: bool,
}

/// What it means that a store refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Nobody has this access key.
    AccessKey,
    /// The signature is wrong.
    SecretKey,
    /// The temporary keys are over.
    Token,
    /// The clocks are too far apart.
    Clock,
    /// The signature is of a kind that is not taken.
    Signature,
    /// It is known who asks, and that is not enough.
    Denied,
    /// It is known who asks, and nobody of that name may do anything.
    Suspended,
    /// There is no such bucket.
    NoBucket,
    /// Another place serves it.
    Elsewhere,
    /// There is no room.
    Full,
    /// It does not work at the moment.
    Trouble,
    /// This is no store.
    NoStore,
    /// Anything else.
    Other,
}

impl Reply {
    pub(super) fn of(answer: Answer) -> Self {
        let refusal = Refusal::in_text(&answer.text());
        Self { answer, refusal }
    }

    /// Whether the store did what it was asked for. It may say that it did not with a good status.
    pub(super) fn is_good(&self) -> bool {
        self.answer.status.is_success() && self.refusal.is_none()
    }

    /// Whether this is the content that was stored.
    pub(super) fn is(&self, content: &[u8]) -> bool {
        self.is_good() && self.answer.body.as_ref() == content
    }

    /// The text of the first element of this name.
    pub(super) fn element(&self, name: &str) -> Option<String> {
        let text = self.answer.text();
        let xml = Document::parse(&text).ok()?;
        let found = text_of(&xml.root(), name);
        found.filter(|found| !found.is_empty())
    }

    /// Whether the answer is a document of this kind.
    pub(super) fn is_document(&self, name: &str) -> bool {
        let text = self.answer.text();
        Document::parse(&text).is_ok_and(|xml| xml.root_element().tag_name().name() == name)
    }

    /// The code of the refusal, empty if there is none.
    pub(super) fn code(&self) -> &str {
        self.refusal.as_ref().map_or("", |refusal| refusal.code.as_str())
    }

    /// The region in which the bucket is, where the answer names it.
    pub(super) fn region(&self) -> Option<&str> {
        let named = self.refusal.as_ref().map_or("", |refusal| refusal.region.as_str());
        [self.answer.header("x-amz-bucket-region"), named].into_iter().find(|name| !name.is_empty())
    }

    /// What it says of itself, for a person.
    pub(super) fn words(&self) -> String {
        let status = self.answer.status;
        match &self.refusal {
            Some(refusal) if refusal.message.is_empty() => format!("{status}, {}", refusal.code),
            Some(refusal) => format!("{status}, {}: {}", refusal.code, refusal.message),
            None => status.to_string(),
        }
    }

    /// Whether a gateway of Ceph refused before it looked for the bucket: so it does with any
    /// unknown key once it takes temporary ones.
    pub(super) fn is_before_the_bucket(&self) -> bool {
        let refusal = self.refusal.as_ref();
        refusal.is_some_and(|refusal| refusal.request.starts_with("tx") && !refusal.names_bucket)
    }

    /// What it means.
    pub(super) fn meaning(&self) -> Meaning {
        let status = self.answer.status;
        match self.code() {
            "InvalidAccessKeyId"
            | "InvalidClientTokenId"
            | "InvalidSecurity"
            | "NotSignedUp"
            | "UnrecognizedClientException" => Meaning::AccessKey,
            "SignatureDoesNotMatch" if self.is_about_time() => Meaning::Clock,
            "SignatureDoesNotMatch" => Meaning::SecretKey,
            "ExpiredToken" | "InvalidToken" | "TokenRefreshRequired" => Meaning::Token,
            "RequestTimeTooSkewed" | "RequestExpired" => Meaning::Clock,
            "InvalidRequest" if self.is_about_signatures() => Meaning::Signature,
            "AccessDenied" | "AccessForbidden" | "AllAccessDisabled" | "Forbidden" => {
                Meaning::Denied
            }
            "UserSuspended" | "AccountProblem" => Meaning::Suspended,
            "NoSuchBucket" => Meaning::NoBucket,
            "AuthorizationHeaderMalformed"
            | "IllegalLocationConstraintException"
            | "PermanentRedirect"
            | "TemporaryRedirect" => Meaning::Elsewhere,
            "QuotaExceeded" | "UserQuotaExceeded" | "XMinioStorageFull" => Meaning::Full,
            "" if status == StatusCode::INSUFFICIENT_STORAGE => Meaning::Full,
            "" if status.is_redirection() => Meaning::Elsewhere,
            "" if GATEWAY_TROUBLE.contains(&status) => Meaning::Trouble,
            "" => Meaning::NoStore,
            _ if status == StatusCode::NOT_IMPLEMENTED => Meaning::Other,
            _ if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                Meaning::Trouble
            }
            _ => Meaning::Other,
        }
    }

    fn says(&self, words: &str) -> bool {
        self.refusal.as_ref().is_some_and(|refusal| refusal.message.contains(words))
    }

    /// STS says so in the place of a code of its own.
    fn is_about_time(&self) -> bool {
        self.says("Signature expired") || self.says("Signature not yet current")
    }

    fn is_about_signatures(&self) -> bool {
        self.says("AWS4-HMAC-SHA256") || self.says("authorization mechanism")
    }
}

impl Refusal {
    fn in_text(text: &str) -> Option<Self> {
        let xml = Document::parse(text).ok()?;
        let root = xml.root_element();
        if !["Error", "ErrorResponse"].contains(&root.tag_name().name()) {
            return None;
        }
        let text = |name| text_of(&root, name).unwrap_or_default();
        Some(Self {
            code: text("Code"),
            message: text("Message"),
            region: text("Region"),
            request: text("RequestId"),
            names_bucket: text_of(&root, "BucketName").is_some(),
        })
    }
}

fn text_of(node: &Node<'_, '_>, name: &str) -> Option<String> {
    let found = node.descendants().find(|node| node.tag_name().name() == name)?;
    Some(found.text().unwrap_or_default().trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;

    fn reply(status: u16, body: &str) -> Reply {
        Reply::of(Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: body.to_owned().into(),
        })
    }

    fn refused(code: &str, rest: &str) -> Reply {
        reply(403, &format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code>{rest}</Error>"))
    }

    #[test]
    fn a_refusal_is_understood() {
        let amazon = refused(
            "AuthorizationHeaderMalformed",
            "<Message>the region 'us-east-1' is wrong</Message><Region>eu-central-1</Region>",
        );
        assert_eq!(amazon.meaning(), Meaning::Elsewhere);
        assert_eq!(amazon.region(), Some("eu-central-1"));
        assert_eq!(
            amazon.words(),
            "403 Forbidden, AuthorizationHeaderMalformed: the region 'us-east-1' is wrong"
        );
        let old = "<Message>Please use AWS4-HMAC-SHA256.</Message>";
        assert_eq!(refused("InvalidRequest", old).meaning(), Meaning::Signature);
        assert_eq!(refused("InvalidRequest", "").meaning(), Meaning::Other);
        let late = "<Message>Signature expired: 20261118T110640Z</Message>";
        assert_eq!(refused("SignatureDoesNotMatch", late).meaning(), Meaning::Clock);
        assert_eq!(refused("SignatureDoesNotMatch", "").meaning(), Meaning::SecretKey);
    }

    #[test]
    fn a_gateway_that_does_not_say_which_key_is_wrong_is_known() {
        let request = "<RequestId>tx000007493086b6fd13164-006b04629d-100a-default</RequestId>";
        let keys = refused("AccessDenied", request);
        assert!(keys.is_before_the_bucket());
        let bucket = refused("AccessDenied", &format!("<BucketName>quay</BucketName>{request}"));
        assert!(!bucket.is_before_the_bucket());
        assert!(
            !refused("AccessDenied", "<RequestId>4442587FB7D0A2F9</RequestId>")
                .is_before_the_bucket()
        );
    }

    #[test]
    fn what_is_no_store_is_known() {
        for body in ["", "<!doctype html><title>nginx</title>", "{}", "<a/>"] {
            assert_eq!(reply(404, body).meaning(), Meaning::NoStore, "{body}");
        }
        assert!(reply(200, "<html>").is_good());
        assert!(!reply(200, "<html>").is_document("ListBucketResult"));
        assert_eq!(reply(301, "").meaning(), Meaning::Elsewhere);
        assert_eq!(reply(503, "<html></html>").meaning(), Meaning::Trouble);
        assert!(reply(200, "<ListBucketResult/>").is_document("ListBucketResult"));
    }

    #[test]
    fn a_good_status_may_be_a_refusal() {
        let late = reply(200, "<Error><Code>InternalError</Code></Error>");
        assert!(!late.is_good());
        assert_eq!(late.code(), "InternalError");
    }
}
