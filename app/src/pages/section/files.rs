//! Certificates and keys: upload, replace, remove, and what is in them in words.

use crate::draft::DraftView;
use crate::{paths, text};
use config_model::certificate::{ANY_NAME, Certificate, FileContent, FileFacts, FileSlot};
use config_model::path::Path;
use config_model::rule::Severity;
use config_model::sections::Section;
use leptos::prelude::*;

/// The files of a section.
#[component]
pub fn Files(section: &'static Section, draft: DraftView) -> impl IntoView {
    let t = text::page();
    let slots = section
        .files
        .iter()
        .map(|slot| view! { <Place place=slot draft=draft.clone() section=section.id/> }.into_any())
        .collect_view();
    view! {
        <div class="pf-v6-c-card">
            <div class="pf-v6-c-card__title"><h2 class="pf-v6-c-card__title-text">{t.files}</h2></div>
            <div class="pf-v6-c-card__body fields">{slots}</div>
        </div>
    }
}

#[component]
fn Place(place: &'static FileSlot, draft: DraftView, section: &'static str) -> impl IntoView {
    let slot = place;
    let t = text::page();
    let many = slot.takes_many();
    let present: Vec<(String, FileFacts)> = draft
        .files
        .iter()
        .filter(|(name, _)| slot.takes(name))
        .map(|(name, facts)| (name.clone(), facts.clone()))
        .collect();
    let empty = present.is_empty();
    let needed = (slot.needed)(&draft.document);
    let messages = messages(slot, &draft);
    let id = Path::key(slot.name).html_id();
    let called = if slot.name == ANY_NAME { slot.label } else { slot.name };
    let upload = if empty || many { t.file_upload } else { t.file_replace };
    let shown = present
        .into_iter()
        .map(|(name, facts)| {
            view! { <Present name=name facts=facts now=draft.now section=section/> }.into_any()
        })
        .collect_view();
    view! {
        <div class="file" id=id.clone() tabindex="-1" role="group" aria-labelledby=format!("{id}-label")>
            <div class="field__head">
                <span class="pf-v6-c-form__label" id=format!("{id}-label")>
                    <span class="pf-v6-c-form__label-text">{slot.label}</span>
                    {needed.then(|| view! { <span class="pf-v6-c-form__label-required" aria-hidden="true">"\u{a0}*"</span> })}
                </span>
                {(slot.name != ANY_NAME).then(|| view! { <code class="field__key">{slot.name}</code> })}
            </div>
            {empty.then(|| view! { <p class="file__none">{t.file_none}</p> })}
            {shown}
            {messages}
            <form method="post" action=paths::FILES enctype="multipart/form-data" class="file__form">
                <input type="hidden" name="section" value=section/>
                <input type="hidden" name="slot" value=slot.name/>
                <input type="file" name="file" required accept=".pem,.crt,.cert,.cer,.key,.ca-bundle" class="file__input"
                    aria-label=text::fill(t.file_choose, [("name", called)])/>
                <button class="pf-v6-c-button pf-m-secondary pf-m-small" type="submit" aria-label=format!("{upload} {called}")>{upload}</button>
            </form>
            <p class="field__help">{slot.doc}</p>
        </div>
    }
}

/// What the rules say of this file.
fn messages(slot: &FileSlot, draft: &DraftView) -> impl IntoView + use<> {
    let live = text::live();
    let report = draft.report();
    let found: Vec<_> = report
        .findings()
        .iter()
        .filter(|finding| slot.takes(&finding.key) || finding.key == slot.name)
        .cloned()
        .collect();
    found
        .into_iter()
        .map(|finding| {
            let error = finding.severity == Severity::Error;
            let class = if error { "message message--error" } else { "message message--warning" };
            let word = if error { live.error } else { live.warning };
            view! { <p class=class><b>{word}</b>" "{finding.message}" "{finding.fix}</p> }
        })
        .collect_view()
}

#[component]
fn Present(name: String, facts: FileFacts, now: i64, section: &'static str) -> impl IntoView {
    let t = text::page();
    let words = match facts.content {
        FileContent::Certificates(certificates) => certificates
            .into_iter()
            .map(|certificate| view! { <CertificateWords certificate=certificate now=now/> })
            .collect_view()
            .into_any(),
        FileContent::PrivateKey { kind, matches } => {
            let fits = match matches {
                Some(true) => t.key_matches,
                Some(false) => t.key_differs,
                None => t.key_unchecked,
            };
            view! { <p>{text::fill(t.key_kind, [("kind", &kind)])}". "{fits}"."</p> }.into_any()
        }
        FileContent::PublicKey => view! { <p>{t.public_key}</p> }.into_any(),
        FileContent::Unreadable(why) => view! { <p>{why}</p> }.into_any(),
        FileContent::Other => ().into_any(),
    };
    let remove = text::fill(t.file_remove, [("name", &name)]);
    view! {
        <div class="certificate">
            <div class="certificate__words"><code>{name.clone()}</code>{words}</div>
            <form method="post" action=format!("{}/remove", paths::FILES)>
                <input type="hidden" name="section" value=section/>
                <input type="hidden" name="name" value=name/>
                <button class="pf-v6-c-button pf-m-plain pf-m-small" type="submit" aria-label=remove><span aria-hidden="true">"×"</span></button>
            </form>
        </div>
    }
}

#[component]
fn CertificateWords(certificate: Certificate, now: i64) -> impl IntoView {
    let t = text::page();
    let days = (certificate.not_after - now).div_euclid(86_400);
    let date = text::utc_date(certificate.not_after);
    let (class, expiry) = match days {
        ..0 => ("expiry expiry--past", text::fill(t.cert_expired, [("date", &date)])),
        0..30 => (
            "expiry expiry--soon",
            format!(
                "{} ({})",
                text::fill(t.cert_expires, [("date", &date)]),
                text::fill(t.expires_in_days, [("n", &days.to_string())])
            ),
        ),
        _ => ("expiry", text::fill(t.cert_expires, [("date", &date)])),
    };
    let names = if certificate.names.is_empty() {
        t.cert_no_names.to_owned()
    } else {
        format!("{} {}", t.cert_names, certificate.names.join(", "))
    };
    let issuer = if certificate.self_signed {
        t.cert_self_signed.to_owned()
    } else {
        format!("{} {}", t.cert_issued_by, certificate.issuer)
    };
    let chain = match &certificate.missing_issuer {
        Some(issuer) => text::fill(t.cert_chain_missing, [("issuer", issuer)]),
        None => t.cert_chain_complete.to_owned(),
    };
    view! {
        <p><b>{certificate.subject}</b>" "<span class="dim">{names}</span><br/>
            <span class="dim">{issuer}</span>" "<span class=class>{expiry}</span>" "<span class="dim">{chain}</span></p>
    }
}
