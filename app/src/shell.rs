//! The HTML around a page.

use crate::text;
use leptos::nonce::use_nonce;
use leptos::prelude::*;

/// The whole document.
#[component]
pub fn Shell(
    /// The page's title.
    title: String,
    /// Where the program and style sheets are.
    options: LeptosOptions,
    /// Whether the page needs the browser's program.
    live: bool,
    /// The page.
    children: Children,
) -> impl IntoView {
    let t = text::page();
    let assets = format!("/{}", options.site_pkg_dir);
    let font = format!("{assets}/RedHatTextVF.woff2");
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>{format!("{title} - {}", t.product)}</title>
                <link rel="icon" type="image/svg+xml" href="/favicon.svg"/>
                <link rel="preload" href=font r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
                <link rel="stylesheet" href=format!("{assets}/console.css")/>
                {live.then(|| view! { <HydrationScripts options=options islands=true/> })}
            </head>
            <body>{children()}</body>
        </html>
    }
}

/// The policy for a page with this nonce: nothing but our own files, and scripts only as named.
///
/// The styles that the editor for `config.yaml` writes carry the nonce as well.
pub fn content_security_policy() -> String {
    let nonce = use_nonce().map(|nonce| format!(" 'nonce-{nonce}'")).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'{nonce} 'wasm-unsafe-eval'; style-src 'self'{nonce}; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'"
    )
}
