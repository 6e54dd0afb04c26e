//! The log-in page: a plain form, readable and usable without any script.

use crate::layout::frame::PlainFrame;
use crate::{paths, text};
use leptos::prelude::*;

/// Why the form is shown again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginFault {
    /// User name or password is wrong; which one is not said.
    Wrong,
    /// Too many attempts; this many seconds are left to wait.
    Throttled(u64),
}

/// The form.
#[component]
pub fn LoginPage(
    /// Why it is shown again.
    fault: Option<LoginFault>,
) -> impl IntoView {
    let t = text::page();
    let message = fault.map(|fault| match fault {
        LoginFault::Wrong => t.login_failed.to_owned(),
        LoginFault::Throttled(seconds) => {
            text::fill(t.login_throttled, [("seconds", &seconds.to_string())])
        }
    });
    let invalid = message.is_some().then_some("true");
    view! {
        <PlainFrame>
            <section class="pf-v6-c-card login" aria-labelledby="login-title">
                <div class="pf-v6-c-card__title"><h1 class="pf-v6-c-title pf-m-xl" id="login-title">{t.login_title}</h1></div>
                <div class="pf-v6-c-card__body">
                    {message.map(|message| view! {
                        <div class="pf-v6-c-alert pf-m-inline pf-m-danger" role="alert" id="login-fault">
                            <p class="pf-v6-c-alert__title">{message}</p>
                        </div>
                    })}
                    <form class="pf-v6-c-form" method="post" action=paths::LOGIN>
                        <div class="pf-v6-c-form__group">
                            <label class="pf-v6-c-form__label" for="user"><span class="pf-v6-c-form__label-text">{t.user_name}</span></label>
                            <span class="pf-v6-c-form-control">
                                <input type="text" id="user" name="user" autocomplete="username" autocapitalize="off" required aria-invalid=invalid/>
                            </span>
                        </div>
                        <div class="pf-v6-c-form__group">
                            <label class="pf-v6-c-form__label" for="password"><span class="pf-v6-c-form__label-text">{t.password}</span></label>
                            <span class="pf-v6-c-form-control">
                                <input type="password" id="password" name="password" autocomplete="current-password" required aria-invalid=invalid/>
                            </span>
                        </div>
                        <button class="pf-v6-c-button pf-m-primary pf-m-block" type="submit">{t.log_in}</button>
                    </form>
                    <p class="login__help">{t.login_help}</p>
                </div>
            </section>
        </PlainFrame>
    }
}
