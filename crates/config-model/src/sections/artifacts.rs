//! Artifacts: what the registry holds besides images, and how it is shown.

use crate::path::Path;
use crate::value::{List, Mapping, Text, Value};

section! {
    /// Besides images a registry can hold charts, signatures, models and other artifacts.
    "artifacts", "Artifacts", Features;
    rules: [artifact_type_is_a_media_type];

    /// Artifacts that may be pushed: the media type of a config, and those of its layers. It
    /// replaces Quay's own list of signatures, Helm charts and so on: repeat what you need of it.
    ALLOWED_OCI_ARTIFACT_TYPES "Kinds of artifacts": Mapping<List<Text>>, also(&["OCI", "Helm", "cosign", "media types"]);

    /// Show the model card, a text about a machine-learning model, on the page of its tag.
    FEATURE_UI_MODELCARD "Show model cards": bool = true, also(&["model card", "AI", "ML"]);

    /// Artifacts of this type are models. Their last layer is the model card.
    UI_MODELCARD_ARTIFACT_TYPE "Type of models": Text = "application/x-mlmodel", when(FEATURE_UI_MODELCARD, &["true"]);

    /// Images that carry all these annotations are models as well. Without any, none is.
    UI_MODELCARD_ANNOTATION "Annotations of models": Mapping<Text>, when(FEATURE_UI_MODELCARD, &["true"]);

    /// Annotations of the layer that holds the model card of such an image. Without any it is the
    /// one whose `org.opencontainers.image.title` is `README.md`.
    UI_MODELCARD_LAYER_ANNOTATION "Annotations of the model card": Mapping<Text>, when(FEATURE_UI_MODELCARD, &["true"]);
}

/// Whether `text` is two words with a slash between, as every media type is.
fn is_media_type(text: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty() && !word.contains(|sign: char| sign == '/' || sign.is_whitespace())
    };
    text.split_once('/').is_some_and(|(kind, name)| word(kind) && word(name))
}

rule! {
    /// Clients send media types, so that anything else never fits.
    artifact_type_is_a_media_type: Warning,
    "{type} is no media type, so no artifact has it.",
    fix "Enter the full media type, such as application/vnd.cncf.helm.config.v1+json.";
    |subject, places| {
        let mut look = |path: Path, text: &str| {
            if !is_media_type(text) {
                places.at_with(path, [("type", text.to_owned())]);
            }
        };
        let kinds = subject.document.top(ALLOWED_OCI_ARTIFACT_TYPES.name());
        for (config, layers) in kinds.and_then(Value::as_map).into_iter().flatten() {
            let Some(config) = config.as_str() else { continue };
            let path = ALLOWED_OCI_ARTIFACT_TYPES.path().field(config);
            look(path.clone(), config);
            for (at, layer) in layers.as_list().unwrap_or_default().iter().enumerate() {
                if let Some(layer) = layer.as_str() {
                    look(path.item(at), layer);
                }
            }
        }
        if let Some(Text(model)) = subject.document.effective(UI_MODELCARD_ARTIFACT_TYPE)
            && !model.is_empty()
        {
            look(UI_MODELCARD_ARTIFACT_TYPE.path(), &model);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_media_type;
    use crate::rule::testing::findings;

    #[test]
    fn charts_and_models_are_accepted() {
        let report = findings(
            "ALLOWED_OCI_ARTIFACT_TYPES:\n  \
               application/vnd.cncf.helm.config.v1+json:\n    \
                 - application/tar+gzip\n    \
                 - application/vnd.cncf.helm.chart.content.v1.tar+gzip\n  \
               application/octet-stream: []\n\
             FEATURE_UI_MODELCARD: true\n\
             UI_MODELCARD_ARTIFACT_TYPE: application/x-mlmodel\n\
             UI_MODELCARD_ANNOTATION: {}\n\
             UI_MODELCARD_LAYER_ANNOTATION: {org.opencontainers.image.title: README.md}",
        );
        assert!(report.is_empty(), "{report:?}");
    }

    #[test]
    fn a_kind_has_a_list_of_layers() {
        assert_eq!(
            findings("ALLOWED_OCI_ARTIFACT_TYPES: {text/spdx: text/spdx}"),
            ["value_is_of_its_type ALLOWED_OCI_ARTIFACT_TYPES.text/spdx"]
        );
        assert_eq!(
            findings("ALLOWED_OCI_ARTIFACT_TYPES: [text/spdx]"),
            ["value_is_of_its_type ALLOWED_OCI_ARTIFACT_TYPES"]
        );
    }

    #[test]
    fn a_name_that_is_no_media_type_is_warned_about() {
        assert_eq!(
            findings("ALLOWED_OCI_ARTIFACT_TYPES: {helm: [text/x], text/spdx: [spdx]}"),
            [
                "artifact_type_is_a_media_type ALLOWED_OCI_ARTIFACT_TYPES.helm",
                "artifact_type_is_a_media_type ALLOWED_OCI_ARTIFACT_TYPES.text/spdx[0]"
            ]
        );
        assert_eq!(
            findings("UI_MODELCARD_ARTIFACT_TYPE: model"),
            ["artifact_type_is_a_media_type UI_MODELCARD_ARTIFACT_TYPE"]
        );
    }

    #[test]
    fn an_annotation_is_text() {
        assert_eq!(
            findings("UI_MODELCARD_ANNOTATION: {model: 1}"),
            ["value_is_of_its_type UI_MODELCARD_ANNOTATION.model"]
        );
    }

    #[test]
    fn a_media_type_is_two_words() {
        for good in ["text/spdx", "application/vnd.dev.cosign.simplesigning.v1+json"] {
            assert!(is_media_type(good), "{good}");
        }
        for bad in ["", "helm", "/x", "x/", "a/b/c", "text/a b"] {
            assert!(!is_media_type(bad), "{bad}");
        }
    }
}
