//! Finding settings: by words, and by the state they are in.

mod spot;
mod state;

use super::compare::compare;
use super::draft::{Draft, DraftError, DraftService};
use app::pages::search::{Found, Group, Row, Show};
use app::paths;
use app::search::HitLine;
use config_model::QUERY_CHARS_MAX;
use config_model::path::Path;
use config_model::search::search;
use config_model::sections::{SECTIONS, Section, by_id};
use config_model::walk::{Visit, walk_section};
use spot::{Spot, spots_of};
use state::Look;

/// Hits that are shown in the box.
const HITS_MAX: usize = 20;
/// Settings that are shown on the page.
const ROWS_MAX: usize = 200;
/// Letters of the help that are shown with a setting.
const HELP_CHARS_MAX: usize = 180;

impl DraftService {
    /// The best hits for what was typed into the box.
    pub async fn hits(&self, query: &str) -> Result<Vec<HitLine>, DraftError> {
        let document = self.load().await?.document;
        let hits = search(query, HITS_MAX);
        let spots = hits.into_iter().flat_map(|hit| spots_of(hit.entry, &document));
        Ok(spots.take(HITS_MAX).map(line).collect())
    }

    /// The settings that fit a query and a filter; without a query, all that fit the filter.
    pub async fn find(&self, query: &str, show: Show) -> Result<Found, DraftError> {
        let query: String = query.trim().chars().take(QUERY_CHARS_MAX).collect();
        let draft = self.load().await?;
        let used = self.in_use().await?;
        let changes = used.map(|revision| compare(&revision.bundle, &draft.bundle()));
        let is_compared = changes.is_some();
        let look = Look::new(&draft, self.report(&draft), changes);
        let spots = match (query.is_empty(), show) {
            (true, Show::All) => Vec::new(),
            (true, show) => everything(&draft, &look, show),
            (false, show) => fitting(&draft, &look, &query, show),
        };
        let total = spots.len();
        let rows: Vec<_> = spots.into_iter().take(ROWS_MAX).map(|spot| row(spot, &look)).collect();
        let shown = rows.len();
        Ok(Found { query, show, groups: groups(rows), shown, total, is_compared })
    }
}

/// What fits a query, the best first.
fn fitting(draft: &Draft, look: &Look<'_>, query: &str, show: Show) -> Vec<Spot> {
    search(query, usize::MAX)
        .into_iter()
        .flat_map(|hit| spots_of(hit.entry, &draft.document))
        .filter(|spot| look.fits(spot, show))
        .collect()
}

/// What fits a filter, in the order of the pages, then what no page has.
fn everything(draft: &Draft, look: &Look<'_>, show: Show) -> Vec<Spot> {
    let document = &draft.document;
    let mut spots = Vec::new();
    for section in SECTIONS {
        walk_section(document, section, &mut |visit: Visit<'_>| {
            // The entries of a plain mapping have no label; they are rows of its one control.
            if !visit.field.label.is_empty() {
                spots.push(Spot::field(section, document, visit.field, visit.path));
            }
        });
        spots.extend(section.files.iter().map(|slot| Spot::file(section, slot)));
    }
    spots.retain(|spot| look.fits(spot, show));
    let left = look.left_over(&spots, show);
    spots.extend(left);
    spots
}

/// A spot as the box shows it.
fn line(spot: Spot) -> HitLine {
    let section = spot.section.map_or("", |section| section.title);
    HitLine { label: spot.label, section: section.to_owned(), key: spot.key, href: spot.href }
}

/// A spot as the page shows it, and its section.
fn row(spot: Spot, look: &Look<'_>) -> (Option<&'static Section>, Row) {
    let state = look.state(&spot);
    let Spot { section, label, key, help, href, detour, .. } = spot;
    (section, Row { label, key, help: beginning(&help), href, state, detour })
}

/// The beginning of a help, up to the end of a word.
fn beginning(help: &str) -> String {
    let help = help.replace('`', "");
    if help.chars().count() <= HELP_CHARS_MAX {
        return help;
    }
    let short: String = help.chars().take(HELP_CHARS_MAX).collect();
    let end = short.rfind(char::is_whitespace).unwrap_or(short.len());
    format!("{} …", &short[..end])
}

/// The rows by section, in the order in which the sections come up.
fn groups(rows: Vec<(Option<&'static Section>, Row)>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (section, row) in rows {
        let title = section.map_or("", |section| section.title);
        if let Some(group) = groups.iter_mut().find(|group| group.title == title) {
            group.rows.push(row);
        } else {
            let href = section
                .map_or_else(|| paths::OVERVIEW.to_owned(), |found| paths::section(found.id));
            groups.push(Group { title: title.to_owned(), href, rows: vec![row] });
        }
    }
    groups
}

/// The section of a finding or difference, by its id, which is empty where there is none.
fn home(id: &str, path: &Path) -> (Option<&'static Section>, String) {
    match by_id(id) {
        Some(section) => (Some(section), paths::field(section.id, path)),
        None => (None, paths::OVERVIEW.to_owned()),
    }
}
