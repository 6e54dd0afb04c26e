//! Text in commands that are to be pasted into a shell.

/// Letters that mean nothing to a shell, besides letters and digits of ASCII.
const PLAIN: &[u8] = b"@%_+=:,./-";

/// A text as one word for a shell: bare where it is plain, else in quotes.
pub(crate) fn shell_quoted(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || PLAIN.contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_one_word_for_a_shell() {
        for (text, word) in [
            ("uid=quay,ou=Services,dc=example,dc=org", "uid=quay,ou=Services,dc=example,dc=org"),
            ("ldaps://ldap.example.com:636", "ldaps://ldap.example.com:636"),
            ("", "''"),
            ("(uid=*)", "'(uid=*)'"),
            ("CN=O'Brien,DC=example", r"'CN=O'\''Brien,DC=example'"),
            ("$(id) `id` \"x\"", "'$(id) `id` \"x\"'"),
        ] {
            assert_eq!(shell_quoted(text), word);
        }
    }
}
