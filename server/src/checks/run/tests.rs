//! That deadlines are kept, whatever checks do.

use super::*;
use crate::checks::course::faults::not_repeated;
use crate::checks::fault::Fault;
use crate::checks::{Check, Planned, WorkBox};
use cluster::check::StageKind;
use config_model::document::Document;
use config_model::path::Path;
use config_model::rule::Severity;
use std::collections::BTreeMap;
use std::future::pending;

const CHECK: Check = Check {
    name: "trial",
    label: "Trial",
    reads: &[],
    matters: "Nothing depends on it.",
    actions: &[],
    plan: |_| Vec::new(),
    writes: false,
    faults: &[],
};

const SLOW: Fault = Fault {
    name: "SLOW",
    severity: Severity::Error,
    message: "Request {count} was under way after {seconds} seconds.",
    why: "",
    fix: "",
};

const REFUSED: Fault = Fault { name: "REFUSED", message: "The password is wrong.", ..SLOW };

const LIMITS: Limits =
    Limits { each: Duration::from_secs(10), all: Duration::from_secs(25), at_once: 4 };

fn job<F>(work: impl FnOnce(Course) -> F + Send + 'static) -> Job
where
    F: Future<Output = Done> + Send + 'static,
{
    let Planned { path, part, target, work } = Planned::new(Path::key("TRIAL"), "a trial", work);
    Job { check: &CHECK, path, part, target, work: WorkBox(work) }
}

fn passing() -> Job {
    job(|course| async move {
        course.begin(StageKind::Service, "a trial").pass("it works");
        Ok(())
    })
}

fn hanging() -> Job {
    job(|course| async move {
        let _step = course.begin(StageKind::Service, "a trial that never ends");
        pending().await
    })
}

fn start(jobs: Vec<Job>, limits: Limits) -> Arc<Run> {
    start_knowing(&Refusals::default(), jobs, limits)
}

fn start_knowing(refusals: &Refusals, jobs: Vec<Job>, limits: Limits) -> Arc<Run> {
    let (document, files) = (Document::default(), BTreeMap::new());
    let settings = Settings::new(&document, &files, 0);
    Run::start_knowing(refusals, jobs, &settings, &Net::default(), limits)
}

/// Logs in with a password that the service refuses, or accepts.
fn logging_in(is_accepted: bool) -> Job {
    job(move |course| async move {
        let values = ["a service", "quay", "a password"];
        let step = course.begin(StageKind::Authentication, "log in as quay");
        if let Some(times) = course.refused_before(&values) {
            return Err(step.fail("not tried again", not_repeated(times)));
        }
        if !is_accepted {
            course.remember_refusal(&values);
            return Err(step.fail("refused", REFUSED.told()));
        }
        course.forget_refusal(&values);
        step.pass("accepted");
        Ok(())
    })
}

/// The state of each check, and the fault it found.
fn told(outcomes: &[Outcome]) -> Vec<(State, String)> {
    let fault = |outcome: &Outcome| {
        outcome.failure().map(|problem| problem.fault.clone()).unwrap_or_default()
    };
    outcomes.iter().map(|outcome| (outcome.state, fault(outcome))).collect()
}

fn failed(fault: &str) -> (State, String) {
    (State::Failed, fault.to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_check_that_hangs_or_breaks_fails_alone() {
    let broken = job(|course| async move {
        let _step = course.begin(StageKind::Service, "a trial that breaks");
        panic!("a fault of ours");
    });
    let forgetful = job(|course| async move {
        let _step = course.begin(StageKind::Service, "a trial whose end is forgotten");
        Ok(())
    });
    let run = start(vec![passing(), hanging(), broken, forgetful, passing()], LIMITS);
    let passed = (State::Passed, String::new());
    assert_eq!(
        told(&run.finished().await),
        [passed.clone(), failed("no_answer"), failed("broken"), failed("broken"), passed]
    );
}

#[tokio::test(start_paused = true)]
async fn a_check_that_ends_between_its_stages_is_no_pass() {
    let between = job(|course| async move {
        course.begin(StageKind::Name, "a trial").pass("it works so far");
        pending().await
    });
    let before = job(|_| async { panic!("a fault of ours, before anything was tried") });
    let outcomes = start(vec![between, before], LIMITS).finished().await;
    assert_eq!(told(&outcomes), [failed("no_answer"), failed("broken")]);
}

#[tokio::test(start_paused = true)]
async fn what_was_written_is_deleted_after_a_check_was_given_up() {
    static WRITING: Check = Check { writes: true, ..CHECK };
    let (deleted, mut is_deleted) = watch::channel(false);
    let mut slow = job(move |course| async move {
        let step = course.begin(StageKind::Service, "write, and delete much later");
        course.begin_to_write();
        tokio::time::sleep(Duration::from_secs(23)).await;
        step.pass("deleted");
        course.begin(StageKind::Service, "nobody hears of this").pass("");
        deleted.send_replace(true);
        Ok(())
    });
    slow.check = &WRITING;
    let run = start(vec![slow], LIMITS);
    let outcomes = run.finished().await;
    assert_eq!(told(&outcomes), [failed("no_answer")]);
    assert!(!*is_deleted.borrow(), "it was given up before");
    run.settled().await;
    assert!(*is_deleted.borrow_and_update(), "it went on");
    assert_eq!(run.outcomes(), outcomes, "and nothing more was told");
}

#[tokio::test(start_paused = true)]
async fn a_check_that_has_not_begun_to_write_is_not_waited_for() {
    static WRITING: Check = Check { writes: true, ..CHECK };
    let mut slow = hanging();
    slow.check = &WRITING;
    let run = start(vec![slow], LIMITS);
    let began = tokio::time::Instant::now();
    assert_eq!(told(&run.finished().await), [failed("no_answer")]);
    run.settled().await;
    assert_eq!(began.elapsed(), LIMITS.each * 2, "there is nothing to delete");
}

#[tokio::test(start_paused = true)]
async fn a_check_that_writes_asks_for_nothing_more_once_it_was_given_up() {
    static WRITING: Check = Check { writes: true, ..CHECK };
    let (asked, mut has_asked) = watch::channel(0);
    let mut slow = job(move |course| async move {
        let step = course.begin(StageKind::Service, "ask many things, each of which takes long");
        course.begin_to_write();
        while !course.is_given_up() {
            tokio::time::sleep(Duration::from_secs(3)).await;
            course.answered(&SLOW);
            asked.send_modify(|count| *count += 1);
        }
        step.pass("nobody hears of this");
        Ok(())
    });
    slow.check = &WRITING;
    let run = start(vec![slow], LIMITS);
    let outcomes = run.finished().await;
    assert_eq!(told(&outcomes), [failed("slow")]);
    let message = outcomes[0].failure().map(|problem| problem.message.as_str());
    assert_eq!(message, Some("Request 7 was under way after 20 seconds."));
    run.settled().await;
    assert_eq!(*has_asked.borrow_and_update(), 7, "only what was under way went on");
}

#[tokio::test(start_paused = true)]
async fn the_run_ends_at_its_deadline_whatever_is_left() {
    let jobs = (0..20).map(|_| hanging()).collect();
    let began = tokio::time::Instant::now();
    let outcomes = start(jobs, LIMITS).finished().await;
    assert_eq!(began.elapsed().as_secs(), LIMITS.all.as_secs());
    let told = told(&outcomes);
    // Four at once, ten seconds each: two turns whole, and one that the deadline cuts.
    assert_eq!(told[..12], vec![failed("no_answer"); 12]);
    assert_eq!(told[12..], vec![failed("not_reached"); 8]);
}

#[tokio::test(start_paused = true)]
async fn what_has_ended_keeps_its_result_when_the_rest_is_given_up() {
    let run = start(vec![passing(), hanging()], LIMITS);
    let mut changes = run.changes();
    while run.outcomes()[0].state != State::Passed {
        changes.changed().await.unwrap();
    }
    run.cancel();
    let cancelled = (State::Cancelled, String::new());
    assert_eq!(told(&run.finished().await), [(State::Passed, String::new()), cancelled]);
}

#[tokio::test(start_paused = true)]
async fn a_run_has_a_bound_and_says_what_it_left_out() {
    let jobs = (0..JOBS_MAX + 3).map(|_| passing()).collect();
    let outcomes = start(jobs, LIMITS).finished().await;
    assert_eq!(outcomes.len(), JOBS_MAX + 1);
    let (last, tried) = outcomes.split_last().unwrap();
    assert!(tried.iter().all(|outcome| outcome.state == State::Passed));
    assert_eq!(told(std::slice::from_ref(last)), [failed("left_out")]);
    let message = last.failure().map(|problem| problem.message.as_str());
    let words = "one run tries 200 things at most, and there are 203.";
    assert!(message.is_some_and(|message| message.ends_with(words)), "{message:?}");
}

#[tokio::test(start_paused = true)]
async fn only_those_are_given_up_that_are_meant() {
    static OTHER: Check = Check { name: "another", ..CHECK };
    let mut other = hanging();
    other.check = &OTHER;
    let run = start(vec![hanging(), other], LIMITS);
    run.cancel_those(|outcome| outcome.check == "another");
    let mut changes = run.changes();
    while run.is_trying(|outcome| outcome.check == "another") {
        changes.changed().await.unwrap();
    }
    assert!(run.is_open() && run.is_trying(|outcome| outcome.check == "trial"));
    let cancelled = (State::Cancelled, String::new());
    assert_eq!(told(&run.finished().await), [failed("no_answer"), cancelled]);
}

#[tokio::test(start_paused = true)]
async fn what_goes_wrong_after_many_stages_is_told() {
    let long = |last: fn(&Course) -> Done| {
        job(move |course| async move {
            for at in 0..500 {
                course.begin(StageKind::Service, format!("part {at}")).pass("it works");
            }
            last(&course)
        })
    };
    let failing = long(|course| {
        for _ in 0..500 {
            course.begin(StageKind::Service, "a part").skip("not tried");
            course.begin(StageKind::Service, "a part").warn("odd", REFUSED.told());
        }
        Err(course.begin(StageKind::Service, "the last part").fail("", REFUSED.told()))
    });
    let warning = long(|course| {
        course.begin(StageKind::Service, "the last part").warn("odd", REFUSED.told());
        Ok(())
    });
    let outcomes = start(vec![long(|_| Ok(())), failing, warning], LIMITS).finished().await;
    let states: Vec<_> = outcomes.iter().map(|outcome| outcome.state).collect();
    assert_eq!(states, [State::Passed, State::Failed, State::Warned]);
    for outcome in &outcomes[1..] {
        let last = outcome.stages.last().map(|stage| stage.tried.as_str());
        assert_eq!(last, Some("the last part"));
        assert!(outcome.stages.len() < 100, "{}", outcome.stages.len());
    }
}

#[tokio::test(start_paused = true)]
async fn a_log_in_that_was_refused_is_tried_again_only_by_who_insists() {
    let known = Refusals::remembering();
    let (held, refused) = (failed("login_not_repeated"), failed("refused"));
    for (refusals, is_accepted, expected) in [
        (known.clone(), false, refused.clone()),
        (known.clone(), false, held.clone()),
        (known.insisting(), false, refused),
        (known.clone(), true, held),
        (known.insisting(), true, (State::Passed, String::new())),
        (known.clone(), true, (State::Passed, String::new())),
    ] {
        let outcomes = start_knowing(&refusals, vec![logging_in(is_accepted)], LIMITS);
        assert_eq!(told(&outcomes.finished().await), [expected]);
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_check_was_given_on_the_way_is_hidden() {
    let given = job(|course| async move {
        course.hide("a token of the service");
        course.begin(StageKind::Service, "a trial").pass("your token: a token of the service.");
        Ok(())
    });
    let outcomes = start(vec![given], LIMITS).finished().await;
    assert_eq!(outcomes[0].stages[0].answer, "your token: •••.");
}
