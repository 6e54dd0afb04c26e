//! Live checks: the panel beside a form, the page of all of them, and one check as it comes.

use crate::checks::{ActionLine, Board, CheckLine, Checked, Progress};
use crate::form::events;
use crate::{paths, text};
use cluster::check::{Problem, Stage, StageKind, State};
use config_model::rule::Severity;
use leptos::nonce::use_nonce;
use leptos::prelude::*;

/// A result of this age is said to be old.
const WHEN_SECONDS: i64 = 60;

/// The page of all checks.
#[component]
pub fn ChecksPage(
    /// Everything there is to try.
    board: Board,
    /// Where the script is that follows a run.
    script: String,
) -> impl IntoView {
    let t = text::checks();
    view! {
        <section class="pf-v6-c-page__main-section head">
            <h1 class="pf-v6-c-title pf-m-xl">{t.title}</h1>
            <p class="head__lead">{t.lead}</p>
        </section>
        <section class="pf-v6-c-page__main-section">
            <div class="pf-v6-c-card checks">
                <div class="pf-v6-c-card__body"><Checks board=board back=paths::CHECKS.to_owned() script=script/></div>
            </div>
        </section>
    }
}

/// The card beside the form of a section.
#[component]
pub fn ChecksCard(
    /// What the section is about.
    board: Board,
    /// Where the script is that follows a run.
    script: String,
) -> impl IntoView {
    let t = text::checks();
    let back = board.section.as_deref().map(paths::section).unwrap_or_default();
    view! {
        <section class="pf-v6-c-card checks" id="checks" aria-labelledby="checks-title">
            <div class="pf-v6-c-card__title"><h2 class="pf-v6-c-card__title-text" id="checks-title">{t.card_title}</h2></div>
            <div class="pf-v6-c-card__body"><Checks board=board back=back script=script/></div>
        </section>
    }
}

/// The button, how far a run is, and every check.
#[component]
pub fn Checks(
    /// What there is to try.
    board: Board,
    /// The page to come back to.
    back: String,
    /// Where the script is that follows a run.
    script: String,
) -> impl IntoView {
    let t = text::checks();
    let Board { section, lines, progress, .. } = board;
    let running = progress.running > 0;
    if lines.is_empty() {
        let words = if section.is_some() { t.nothing_here } else { t.nothing };
        return view! { <p class="dim">{words}</p> }.into_any();
    }
    let watch = running.then(|| paths::check_events(section.as_deref(), &back));
    let known = progress.done() > 0 || running;
    // The results stay as they are while somebody edits: the script says so then.
    let changed = known.then(|| view! { <p class="checks__changed" hidden>{t.changed_since}</p> });
    let script =
        known.then(|| view! { <script type="module" nonce=use_nonce() src=script></script> });
    let button = match (section.is_some(), known) {
        (_, true) => t.again,
        (true, false) => t.run,
        (false, false) => t.run_all,
    };
    let from = back.clone();
    let reload = format!("{back}?checks");
    let section = section.unwrap_or_default();
    view! {
        <div class="checks__board" data-watch=watch data-saved=events::SAVED>
            <Summary progress=progress/>
            {changed}
            <ul class="checks__list" role="list">
                {lines.into_iter().map(|line| view! { <CheckItem line=line back=back.clone()/> }).collect_view()}
            </ul>
            <div class="checks__buttons">
                <form method="post" action=paths::CHECKS hidden=running data-when="idle">
                    <input type="hidden" name="back" value=from.clone()/>
                    <input type="hidden" name="section" value=section.clone()/>
                    <button type="submit" class="pf-v6-c-button pf-m-secondary">{button}</button>
                </form>
                <form method="post" action=paths::CHECKS_CANCEL hidden=!running data-when="running">
                    <input type="hidden" name="back" value=from/>
                    <input type="hidden" name="section" value=section/>
                    <button type="submit" class="pf-v6-c-button pf-m-secondary">{t.cancel}</button>
                </form>
                {running.then(|| view! { <a href=reload data-when="plain">{t.reload}</a> })}
            </div>
            {script}
        </div>
    }
    .into_any()
}

/// How far all checks have come. Its element stays while they run, and its words change: a screen
/// reader follows that.
#[component]
pub fn Summary(
    /// How many there are of what.
    progress: Progress,
) -> impl IntoView {
    let t = text::checks();
    let Progress { all, passed, warned, failed, other, running, old } = progress;
    let (done, tried) = (progress.done(), progress.done() + running);
    let words = if running > 0 {
        text::fill(t.progress, [("done", &done.to_string()), ("all", &tried.to_string())])
    } else if done == 0 {
        t.untried.to_owned()
    } else {
        let parts = [(failed, t.failed), (warned, t.warned), (passed, t.passed), (other, t.other)];
        let parts = parts.iter().filter(|(count, _)| *count > 0);
        let parts: Vec<_> =
            parts.map(|(count, words)| text::fill(words, [("n", &count.to_string())])).collect();
        let results = parts.join(", ");
        match old {
            0 => results,
            old if old == done => text::fill(t.before_change, [("results", &results)]),
            old => {
                text::fill(t.some_before_change, [("results", &results), ("n", &old.to_string())])
            }
        }
    };
    let bar = (running > 0).then(|| {
        view! { <progress class="bar" aria-label=t.title value=done.to_string() max=tried.max(1).to_string()></progress> }
    });
    let class =
        if failed > 0 { "checks__summary checks__summary--failed" } else { "checks__summary" };
    view! { <div class=class id="checks-summary" role="status" data-part="" data-all=all.to_string()>{bar}<p>{words}</p></div> }
}

/// One check: what it is, its stages, what is wrong.
///
/// While it runs, only what is in its parts is drawn anew: what somebody types into a form stays,
/// and so does the focus.
#[component]
pub fn CheckItem(
    /// The check.
    line: CheckLine,
    /// The page to come back to.
    back: String,
) -> impl IntoView {
    let t = text::checks();
    let CheckLine { outcome, checked, actions } = line;
    let state = checked.map(|_| outcome.state);
    let id = paths::check_id(&outcome);
    let class = format!("check check--{}", word(state));
    let old = |checked: &Checked| checked.changed || checked.seconds >= WHEN_SECONDS;
    let when = checked.filter(old).filter(|_| outcome.state.is_final()).map(|checked| {
        let ago = text::fill(t.when, [("ago", &text::ago(checked.seconds))]);
        let changed = checked.changed.then_some(t.changed_since);
        view! { <p class="check__when">{ago}{changed.map(|words| view! { " "<b>{words}</b> })}</p> }
    });
    let open = !matches!(state, Some(State::Passed | State::Skipped) | None);
    let millis = outcome.millis.map(millis);
    let stages = outcome.stages;
    let has_stages = !stages.is_empty();
    let problems: Vec<Problem> = stages.iter().filter_map(|stage| stage.problem.clone()).collect();
    let href = paths::field(&outcome.section, &outcome.path);
    let part = |name: &str| format!("{name}-{id}");
    let (head, tried, found) = (part("head"), part("stages"), part("found"));
    let place = id.clone();
    view! {
        <li class=class id=id>
            <details open=open>
                <summary class="check__head" id=head data-part="">
                    <Sign state=state/>
                    <span class="check__name"><b>{outcome.label}</b>" "<span class="check__target">{outcome.target}</span></span>
                    <span class="check__millis">{millis}</span>
                </summary>
                <div id=tried data-part="">
                    {has_stages.then(|| view! {
                        <ol class="check__stages" role="list">{stages.into_iter().map(|stage| view! { <StageLine stage=stage/> }).collect_view()}</ol>
                    })}
                </div>
            </details>
            <p class="check__key"><a href=href><code>{outcome.path.to_string()}</code></a></p>
            <div id=found data-part="">
                {problems.into_iter().map(|problem| view! { <ProblemNote problem=problem/> }).collect_view()}
                {when}
            </div>
            {actions.into_iter().map(|action| view! { <ActionForm action=action place=place.clone() check=outcome.check.clone() back=back.clone()/> }).collect_view()}
        </li>
    }
}

fn millis(millis: u32) -> String {
    if millis == 0 {
        return text::checks().millis_none.to_owned();
    }
    if millis >= 1000 {
        let seconds = format!("{}.{}", millis / 1000, millis % 1000 / 100);
        return text::fill(text::checks().seconds, [("n", &seconds)]);
    }
    text::fill(text::checks().millis, [("n", &millis.to_string())])
}

/// A state as part of a class; none is what was never tried.
fn word(state: Option<State>) -> &'static str {
    match state {
        None => "untried",
        Some(State::Waiting) => "waiting",
        Some(State::Running) => "running",
        Some(State::Passed) => "passed",
        Some(State::Warned) => "warned",
        Some(State::Failed) => "failed",
        Some(State::Skipped) => "skipped",
        Some(State::Cancelled) => "cancelled",
    }
}

/// A state as a sign, and in words for who cannot see it.
#[component]
fn Sign(
    /// The state; none is what was never tried.
    state: Option<State>,
) -> impl IntoView {
    let t = text::checks();
    let (sign, words) = match state {
        None => ("–", t.state_untried),
        Some(State::Waiting) => ("·", t.state_waiting),
        Some(State::Running) => ("…", t.state_running),
        Some(State::Passed) => ("✓", t.state_passed),
        Some(State::Warned) => ("!", t.state_warned),
        Some(State::Failed) => ("✕", t.state_failed),
        Some(State::Skipped) => ("–", t.state_skipped),
        Some(State::Cancelled) => ("–", t.state_cancelled),
    };
    let class = format!("sign sign--{}", word(state));
    view! { <span class=class><span aria-hidden="true">{sign}</span><span class="pf-v6-screen-reader">{words}</span></span> }
}

#[component]
fn StageLine(stage: Stage) -> impl IntoView {
    let t = text::checks();
    let kind = match stage.kind {
        StageKind::Settings => t.stage_settings,
        StageKind::Name => t.stage_name,
        StageKind::Connection => t.stage_connection,
        StageKind::Tls => t.stage_tls,
        StageKind::Authentication => t.stage_authentication,
        StageKind::Permission => t.stage_permission,
        StageKind::Service => t.stage_service,
    };
    view! {
        <li class="stage">
            <Sign state=Some(stage.state)/>
            <span class="stage__words">
                <b>{kind}</b>" "<span class="stage__tried">{stage.tried}</span>
                {(!stage.answer.is_empty()).then(|| view! { <span class="stage__answer">{stage.answer}</span> })}
            </span>
            <span class="check__millis">{stage.millis.map(millis)}</span>
        </li>
    }
}

#[component]
fn ProblemNote(problem: Problem) -> impl IntoView {
    let t = text::checks();
    let class = match problem.severity {
        Severity::Error => "problem problem--error",
        Severity::Warning => "problem problem--warning",
    };
    view! {
        <div class=class>
            <p class="problem__message">{problem.message}</p>
            <p class="problem__why">{problem.why}</p>
            <p><b>{t.fix}</b>" "{problem.fix}</p>
        </div>
    }
}

/// A button for something that only happens when somebody wants it.
#[component]
fn ActionForm(action: ActionLine, place: String, check: String, back: String) -> impl IntoView {
    let form = format!("{}-{place}", action.name);
    let (id, help) = (format!("text-{form}"), format!("help-{form}"));
    let asks = (!action.asks.is_empty()).then(|| {
        view! {
            <label class="action__label" for=id.clone()>{action.asks}</label>
            <span class="pf-v6-c-form-control"><input type="text" id=id.clone() name="text" required maxlength="254" autocomplete="off"/></span>
        }
    });
    view! {
        <form method="post" action=paths::CHECKS class="action" id=form>
            <input type="hidden" name="back" value=back/>
            <input type="hidden" name="check" value=check/>
            <input type="hidden" name="action" value=action.name/>
            {asks}
            <button type="submit" class="pf-v6-c-button pf-m-secondary pf-m-small" aria-describedby=help.clone()>{action.label}</button>
            <span class="action__help" id=help>{action.help}</span>
        </form>
    }
}
