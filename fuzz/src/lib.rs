//! What must hold for every text that can be imported; both fuzz targets ask it.

use config_model::certificate::Files;
use config_model::document::Document;
use config_model::path::Path;
use config_model::redact::redact;
use config_model::rule::{Subject, check, check_redacted};
use config_model::value::Value;
use config_model::yaml;

/// Some moment in 2023; rules compare it with the dates of certificates.
const NOW: i64 = 1_700_000_000;
/// A key every configuration has, or is given here.
const CHANGED: &str = "SERVER_HOSTNAME";
/// A text that no style but a quoted one can hold.
const NEW_TEXT: &str = "it's: new # \"text\"";
/// A text is shown up to here when it is wrong.
const SHOWN_BYTES: usize = 2000;
/// What the handlers of signals are given to stand on.
const HANDLER_STACK_BYTES: usize = 64 * 1024;

/// Gives libFuzzer's handlers a stack of their own; on one that has overflowed they could not save
/// the input that did it. A sanitizer has seen to that already.
pub fn prepare() {
    // SAFETY: the stack is never freed and used by this thread only, which is the one that runs
    // the inputs. The action is the one a process begins with; libFuzzer keeps its flag.
    unsafe {
        let mut present: libc::stack_t = std::mem::zeroed();
        libc::sigaltstack(std::ptr::null(), &raw mut present);
        if present.ss_flags & libc::SS_DISABLE == 0 {
            return;
        }
        let stack = vec![0_u8; HANDLER_STACK_BYTES].leak();
        let stack =
            libc::stack_t { ss_sp: stack.as_mut_ptr().cast(), ss_flags: 0, ss_size: stack.len() };
        libc::sigaltstack(&raw const stack, std::ptr::null_mut());
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = libc::SIG_DFL;
        action.sa_flags = libc::SA_ONSTACK;
        libc::sigaction(libc::SIGSEGV, &raw const action, std::ptr::null_mut());
    }
}

/// Puts a text through all that an import, an edit and a download do with it.
pub fn import(source: &str, files: &Files) {
    let Ok(document) = yaml::read(source) else { return };
    is_written_as_it_was_read(&document);
    is_checked_and_redacted(&document, files);
    is_spliced(source, &document);
}

/// Whether a text is short enough to be read; following aliases makes texts longer.
fn fits(text: &str) -> bool {
    text.len() <= yaml::BYTES_MAX
}

/// As much of a text as a person wants to read.
fn start(text: &str) -> &str {
    &text[..text.floor_char_boundary(SHOWN_BYTES)]
}

fn is_written_as_it_was_read(document: &Document) {
    let text = yaml::write(document);
    if !fits(&text) {
        return;
    }
    let refused = |error| panic!("what was written is refused: {error}\n{}", start(&text));
    let again = yaml::read(&text).unwrap_or_else(refused);
    assert!(again == *document, "what was written reads differently:\n{}", start(&text));
    // Documents are equal in any order of their keys, texts are not.
    assert!(yaml::write(&again) == text, "the order of keys was lost:\n{}", start(&text));
}

fn is_checked_and_redacted(document: &Document, files: &Files) {
    let report = check(&Subject { document, files, now: NOW });
    let shown = redact(document);
    check_redacted(&Subject { document: &shown, files, now: NOW }, report.findings());
}

fn is_spliced(source: &str, document: &Document) {
    assert!(yaml::splice(source, document) == source, "nothing changed, and the text did");
    let mut changed = document.clone();
    changed.set(&Path::key(CHANGED), Value::from(NEW_TEXT)).expect("the top level takes any key");
    is_spliced_as(source, &changed);
    let first = document.entries().keys().find_map(|key| key.as_str());
    if let Some(first) = first {
        let mut shorter = document.clone();
        shorter.remove(&Path::key(first));
        is_spliced_as(source, &shorter);
    }
}

fn is_spliced_as(source: &str, wanted: &Document) {
    let text = yaml::splice(source, wanted);
    match yaml::read(&text) {
        Ok(found) => {
            assert!(found == *wanted, "the spliced text reads differently:\n{}", start(&text));
        }
        // One key more can be the one too many.
        Err(error) => assert!(
            !fits(&text) || error.what.contains(&yaml::NODES_MAX.to_string()),
            "the spliced text is refused: {error}\n{}",
            start(&text)
        ),
    }
}
