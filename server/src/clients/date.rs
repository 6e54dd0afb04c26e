//! Moments as other machines write them, in seconds since 1970.

/// The months as HTTP writes them.
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// A moment as HTTP writes it: `Wed, 18 Nov 2026 12:26:40 GMT`.
pub fn of_http(text: &str) -> Option<i64> {
    let mut words = text.split_ascii_whitespace().skip(1);
    let day = number(words.next()?)?;
    let name = words.next()?;
    let month = MONTHS.iter().position(|month| *month == name)?;
    let year = number(words.next()?)?;
    let clock = clock(words.next()?)?;
    Some(days(year, i64::try_from(month).ok()? + 1, day) * DAY_SECONDS + clock)
}

/// A moment as JSON has it: `2026-11-18T12:26:40.123Z`, also with a zone such as `+01:00`.
pub fn of_json(text: &str) -> Option<i64> {
    let (date, rest) = text.split_once(['T', ' '])?;
    let mut parts = date.splitn(3, '-').map(number);
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let end = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
    let (time, zone) = rest.split_at(end);
    let time = time.split('.').next()?;
    let behind = match zone.split_at_checked(1) {
        Some(("+", ahead)) => clock(ahead)?,
        Some(("-", behind)) => -clock(behind)?,
        _ => 0,
    };
    Some(days(year, month, day) * DAY_SECONDS + clock(time)? - behind)
}

/// Seconds of `12:26:40` or `12:26`.
fn clock(text: &str) -> Option<i64> {
    let mut parts = text.splitn(3, ':').map(number);
    let (hours, minutes) = (parts.next()??, parts.next()??);
    let seconds = parts.next().unwrap_or(Some(0))?;
    Some((hours * 60 + minutes) * 60 + seconds)
}

/// A number of at most four digits, as all in a date are.
fn number(text: &str) -> Option<i64> {
    let digits = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

/// Days since 1970, by Howard Hinnant's method for the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_of_http_is_read() {
        assert_eq!(of_http("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(of_http("Tue, 29 Feb 2000 00:00:01 GMT"), Some(951_782_401));
        assert_eq!(of_http("Wed, 18 Nov 2026 11:06:40 GMT"), Some(1_795_000_000));
        for bad in ["", "today", "Wed, 18 Nov", "Wed, x Nov 2026 11:06:40 GMT"] {
            assert_eq!(of_http(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_date_in_json_is_read() {
        for same in [
            "2026-11-18T11:06:40Z",
            "2026-11-18T11:06:40.123456Z",
            "2026-11-18T12:06:40+01:00",
            "2026-11-18T06:06:40.5-05:00",
            "2026-11-18 11:06:40",
        ] {
            assert_eq!(of_json(same), Some(1_795_000_000), "{same}");
        }
        for bad in ["", "2026-11-18", "soonT11:06:40Z", "2026-11-18Tnoon"] {
            assert_eq!(of_json(bad), None, "{bad}");
        }
    }
}
