//! Whether the program lives and is ready can be asked without logging in.

use crate::support::TestApp;

#[tokio::test]
async fn a_console_that_runs_is_live_and_ready() {
    let app = TestApp::start().await;
    for (path, said) in [("/live", "live\n"), ("/ready", "ready\n")] {
        let answer = app.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.text(), said, "{path}");
        assert_eq!(answer.header("set-cookie"), "", "{path}");
    }
}
