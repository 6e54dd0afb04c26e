//! What the browser loads: program, style sheet, editor, fonts; compressed once, here.

use crate::build::target_dir;
use crate::{Done, root, run_program, run_with};
use std::fs;
use std::path::{Path, PathBuf};

/// The font taken from PatternFly's package, of which `style/font.mjs` keeps the letters in use.
/// Code is in the system's own.
const FONTS: [&str; 1] = ["RedHatText/RedHatTextVF.woff2"];
/// Endings of files that are already compressed.
const COMPRESSED: [&str; 3] = ["woff2", "br", "gz"];

/// Builds everything into `target/site`, from where the server embeds it.
pub(crate) fn build(debug: bool) -> Done {
    let site = root().join("target/site");
    let _ = fs::remove_dir_all(&site);
    fs::create_dir_all(&site)
        .map_err(|error| format!("could not make {}: {error}", site.display()))?;
    program(&site, debug)?;
    styles(&site, debug)?;
    scripts(&site, debug)?;
    let fonts = root().join("end2end/node_modules/@patternfly/patternfly/assets/fonts");
    for font in FONTS {
        let target = site.join(Path::new(font).file_name().unwrap_or_default());
        run_program("node", &["style/font.mjs", text(&fonts.join(font)), text(&target)])?;
    }
    for file in list(&root().join("public"))? {
        copy(&file, &site)?;
    }
    if !debug {
        for file in list(&site)? {
            compress(&file)?;
        }
    }
    Ok(())
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap_or_default()
}

fn list(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder)
        .map_err(|error| format!("could not list {}: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    Ok(files)
}

fn copy(file: &Path, folder: &Path) -> Done {
    let name = file.file_name().unwrap_or_default();
    fs::copy(file, folder.join(name))
        .map(drop)
        .map_err(|error| format!("could not copy {}: {error}", file.display()))
}

/// The wasm program and the script that starts it.
fn program(site: &Path, debug: bool) -> Done {
    let profile = if debug { "dev" } else { "wasm-release" };
    let folder = if debug { "debug" } else { profile };
    // Built as cdylib alone: with a second crate type, link-time optimisation is off.
    let args = [
        "rustc",
        "--package",
        "app",
        "--lib",
        "--crate-type",
        "cdylib",
        "--no-default-features",
        "--features",
        "hydrate",
        "--target",
        "wasm32-unknown-unknown",
        "--profile",
        profile,
        "--locked",
    ];
    // Paths of this machine in panic messages are of no use to a browser, and they are not small.
    let home = std::env::var("CARGO_HOME")
        .or_else(|_| std::env::var("HOME").map(|home| format!("{home}/.cargo")))
        .unwrap_or_default();
    let flags = format!("--cfg erase_components --remap-path-prefix={home}/registry/src=r");
    let env = [("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags.as_str())];
    run_with("cargo", &args, &env)?;
    let wasm = target_dir().join("wasm32-unknown-unknown").join(folder).join("app.wasm");
    let bindgen = [
        "--target",
        "web",
        "--no-typescript",
        "--out-dir",
        text(site),
        "--out-name",
        "console",
        text(&wasm),
    ];
    run_program("wasm-bindgen", &bindgen)?;
    if debug {
        return Ok(());
    }
    let script = site.join("console.js");
    let outfile = format!("--outfile={}", text(&script));
    let minify = [
        "--minify",
        "--format=esm",
        "--allow-overwrite",
        "--log-level=warning",
        text(&script),
        &outfile,
    ];
    run_program("end2end/node_modules/.bin/esbuild", &minify)?;
    let built = site.join("console_bg.wasm");
    let optimise = [
        "-Oz",
        "--enable-bulk-memory",
        "--enable-nontrapping-float-to-int",
        "--enable-sign-ext",
        "--enable-mutable-globals",
        "--enable-reference-types",
        "--enable-multivalue",
        text(&built),
        "-o",
        text(&built),
    ];
    run_program("end2end/node_modules/.bin/wasm-opt", &optimise)
}

/// One style sheet: PatternFly's parts that are used and our own, unused rules taken out.
fn styles(site: &Path, debug: bool) -> Done {
    let css = site.join("console.css");
    let style = if debug { "--style=expanded" } else { "--style=compressed" };
    let sass = [
        "--no-source-map",
        "--quiet-deps",
        "--load-path=end2end/node_modules/@patternfly/patternfly",
        style,
        "style/main.scss",
        text(&css),
    ];
    run_program("end2end/node_modules/.bin/sass", &sass)?;
    let purge =
        ["--config", "style/purgecss.config.cjs", "--css", text(&css), "--output", text(&css)];
    run_program("end2end/node_modules/.bin/purgecss", &purge)
}

/// Scripts of their own, which only pages that need them load: the editor for `config.yaml`, and
/// what follows running checks.
fn scripts(site: &Path, debug: bool) -> Done {
    let out = format!("--outdir={}", text(site));
    let mut bundle = vec!["app/browser/yaml.ts", "app/browser/checks.ts"];
    bundle.extend(["--bundle", "--format=esm", "--target=es2022"]);
    bundle.extend(["--log-level=warning", out.as_str()]);
    if !debug {
        bundle.push("--minify");
    }
    // The packages are not beside the sources, but where the tests have theirs.
    let modules = root().join("end2end/node_modules");
    run_with("end2end/node_modules/.bin/esbuild", &bundle, &[("NODE_PATH", text(&modules))])
}

fn compress(file: &Path) -> Done {
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    if COMPRESSED.contains(&ending) {
        return Ok(());
    }
    run_program("brotli", &["-q", "11", "-k", "-f", text(file)])?;
    run_program("gzip", &["-9", "-k", "-f", "-n", text(file)])
}
