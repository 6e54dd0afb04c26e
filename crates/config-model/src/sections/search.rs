//! What users find: the search page, and the organizations everybody sees.

use crate::value::{AtLeast, List, Text};

section! {
    /// How much a search brings back, and which organizations are listed for everybody.
    "search", "Search and listing", Features;
    rules: [];

    /// How many repositories one page of search results shows.
    SEARCH_RESULTS_PER_PAGE "Results on a page": AtLeast<1> = 10;

    /// How many pages of results users can turn over. What comes after is found only with a
    /// better search.
    SEARCH_MAX_RESULT_PAGE_COUNT "Pages of results": AtLeast<1> = 10;

    /// Organizations and users whose repositories appear in everybody's list, members or not.
    /// It is meant for well-known ones, and changes nothing about who may pull.
    PUBLIC_NAMESPACES "Organizations listed for everybody": List<Text> = [], also(&["namespaces"]), unique;
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn usual_numbers_are_accepted() {
        let report = findings(
            "SEARCH_RESULTS_PER_PAGE: 25\nSEARCH_MAX_RESULT_PAGE_COUNT: 1\n\
             PUBLIC_NAMESPACES: [base]",
        );
        assert_eq!(report, [""; 0]);
    }

    #[test]
    fn a_page_shows_at_least_one_result() {
        for key in ["SEARCH_RESULTS_PER_PAGE", "SEARCH_MAX_RESULT_PAGE_COUNT"] {
            assert_eq!(findings(&format!("{key}: 0")), [format!("value_is_of_its_type {key}")]);
        }
    }
}
