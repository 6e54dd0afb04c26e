//! Every sentence a person reads, one catalogue per language.
//!
//! A key's label and help are its declaration in `config-model`, a rule's sentences stand with
//! the rule; both are translated by name. What is left is here: [`Page`] for pages the server
//! renders, [`Live`] for what the browser must be able to say by itself. A language is complete
//! or does not compile.

mod date;
mod en;

pub use date::{utc_date, utc_stamp, utc_time};

/// Declares a catalogue: a struct of sentences.
macro_rules! catalogue {
    ($(#[doc = $doc:literal])+ $name:ident { $($field:ident,)+ }) => {
        $(#[doc = $doc])+
        #[expect(missing_docs, reason = "the English sentence is the documentation")]
        #[derive(Clone, Copy, Debug)]
        pub struct $name {
            $(pub $field: &'static str,)+
        }
    };
}

catalogue! {
    /// What the browser says by itself.
    Live {
        required, optional, reset, reset_to, default_is, not_set, example, set, set_secret, replace, cancel,
        clear, generate, generated, on, off, add_item, remove_item, item_label, choose_default,
        choose_none, error, warning, errors_title_one, errors_title, complete, untouched,
        section_error_one, section_errors, saved, saving, save_failed, retry, unsaved, seconds_ago, minutes_ago,
        hours_ago, days_ago, just_now, ready_title, ready_progress, ready_all, ready_more,
        tls_quay, tls_quay_help, tls_balancer, tls_balancer_help, tls_none, tls_none_help,
        db_kind, db_postgresql, db_mysql, db_sqlite, db_server, db_server_help, db_user,
        db_user_help, db_password, db_password_help, db_name, db_name_help, db_raw, db_raw_help,
        db_path, as_address, pair_name, pair_value, host, port, edit_as_text, undo, redo,
        search_open, search_keys, search_label, search_close, search_hits, search_none, search_one,
        search_many,
    }
}

catalogue! {
    /// What the server's pages say.
    Page {
        product, tagline, skip_to_content, login_title, login_help, user_name, password, log_in,
        login_failed, login_throttled, log_out, signed_in_as, overview, overview_lead,
        configuration, group_essentials, group_access, group_features, group_operations, group_advanced,
        origin_setup, origin_loaded, required_title, required_lead, column_setting,
        column_section, column_state, state_met, state_open, findings_title, no_findings,
        unknown_title, unknown_lead, validate, download, save, discard, draft_note,
        review_title_valid, review_title_errors, review_valid, review_errors_one, review_errors,
        review_warnings_one, review_warnings, review_accept, review_how, review_save_help,
        review_back, review_saved, review_contents, fix, discard_title, discard_question,
        discard_confirm, keep, advanced, files, file_none, file_upload, file_replace, file_remove,
        file_choose, cert_names, cert_no_names, cert_issued_by, cert_self_signed, cert_expires,
        cert_expired, cert_valid_from, cert_chain_complete, cert_chain_missing, key_kind,
        public_key, key_matches, key_differs, key_unchecked, engines_none, engines_add, engine_driver,
        engine_name, engine_name_help, engine_move_up, engine_move_down, engine_remove,
        engine_preferred, engine_default_location, engine_unknown,
        not_found_title, not_found, error_title, error_internal, refused_title, back_home,
        noscript, restart_rolling, restart_all, legacy, default_value, expires_in_days, days_ago,
        hours_ago, notice_title, menu, menu_close, unused_when, unused_is, manual_note,
    }
}

catalogue! {
    /// What stands around lists, mappings and providers.
    Entries {
        none, kind, choose, change, name, add, add_button, remove, key_help, internal, show_internal,
        store, one_per_line,
    }
}

/// The sentences around lists, mappings and providers.
pub fn entries() -> &'static Entries {
    &en::ENTRIES
}

catalogue! {
    /// What the pages around revisions and differences say.
    History {
        title, lead, from, to, number, when, who, what, why, restore, restore_one, draft,
        draft_help, to_label, from_label, compare, compared, revision, action_begin, action_load,
        action_import, action_download, action_save, action_restore, reason, reason_example,
        no_difference, differences, setting, before, after, restart, restart_all, restart_rolling,
        all_nodes, one_by_one, as_text, absent, secret, uploaded, replaced, line_added,
        line_removed, line_gap, since,
    }
}

catalogue! {
    /// What stands around live checks.
    Checks {
        title, lead, card_title, run, run_all, again, cancel, reload, nothing, nothing_here, untried,
        progress, failed, warned, passed, other, before_change, some_before_change, when, changed_since, millis, millis_none, seconds, all_checks, fix, state_untried,
        state_waiting, state_running, state_passed, state_warned, state_failed, state_skipped,
        state_cancelled, stage_settings, stage_name, stage_connection, stage_tls,
        stage_authentication, stage_permission, stage_service, review_title, review_lead,
    }
}

/// The sentences around live checks.
pub fn checks() -> &'static Checks {
    &en::CHECKS
}

catalogue! {
    /// What the page for uploads says.
    Import { title, lead, left_out, done, go_on, file, file_help, submit, }
}

/// The sentences around revisions and differences.
pub fn history() -> &'static History {
    &en::HISTORY
}

/// The sentences of the page for uploads.
pub fn import() -> &'static Import {
    &en::IMPORT
}

catalogue! {
    /// What the page about the API says.
    Api {
        title, lead, document, parameters, parameter, meaning, answers, code, example,
    }
}

/// The sentences of the page about the API.
pub fn api() -> &'static Api {
    &en::API
}

catalogue! {
    /// What stands around `config.yaml` as text.
    Yaml {
        title, lead, file, label, secrets, show, hide, save, saved, saving, fault, conflict, reload,
        keep, kept, stale, stale_reload, line,
    }
}

/// The sentences around `config.yaml` as text.
pub fn yaml() -> &'static Yaml {
    &en::YAML
}

catalogue! {
    /// What the page of the search says.
    Search {
        title, lead, submit, filter, all, changed, set, required, error, begin, none, one, many,
        more, nothing_in_use, elsewhere, is_changed, is_set, is_required, is_internal, not_in_use,
        add_first, show_errors,
    }
}

/// The sentences of the page of the search.
pub fn search() -> &'static Search {
    &en::SEARCH
}

/// The sentences the browser needs.
pub fn live() -> &'static Live {
    &en::LIVE
}

/// The sentences of the server's pages.
pub fn page() -> &'static Page {
    &en::PAGE
}

/// Puts arguments in the place of `{name}`.
pub fn fill<const N: usize>(sentence: &str, args: [(&str, &str); N]) -> String {
    fill_all(sentence, &args)
}

/// The same with any number of arguments. What is put in is not looked at again.
pub fn fill_all(sentence: &str, args: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some(at) = rest.find('{') {
        filled.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find('}').unwrap_or(0);
        match args.iter().find(|(name, _)| end > 0 && *name == &rest[1..end]) {
            Some((_, value)) => {
                filled.push_str(value);
                rest = &rest[end + 1..];
            }
            None => {
                filled.push('{');
                rest = &rest[1..];
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// A number of errors, in words.
pub fn errors(number: usize) -> String {
    match number {
        1 => live().section_error_one.to_owned(),
        n => fill(live().section_errors, [("n", &n.to_string())]),
    }
}

/// How long ago something was, in the largest unit that fits.
pub fn ago(seconds: i64) -> String {
    let t = live();
    let (sentence, number) = match seconds {
        ..10 => (t.just_now, 0),
        10..60 => (t.seconds_ago, seconds),
        60..3600 => (t.minutes_ago, seconds / 60),
        3600..86400 => (t.hours_ago, seconds / 3600),
        _ => (t.days_ago, seconds / 86400),
    };
    fill(sentence, [("n", &number.to_string())])
}
