//! The macros that declare sections, objects, rules and choices.
//!
//! Everything a key is known by stands in one entry: its name, label, type, default and
//! consequences, and its help as the doc comment. `docs/adr/0002-macro-rules-for-keys.md` says why.

/// One field: `/// help` `NAME "Label": Type = default => start, attribute(value), ...;`
///
/// The default is what Quay takes when the key is absent, the start what a new configuration is
/// given; both may be left out.
macro_rules! field_spec {
    ($([$doc:literal])+ $name:ident $label:literal $ty:ty $(= $default:expr)? $(=> $setup:expr)? $(, $attr:ident $(($($arg:expr),*))?)*) => {{
        const SPEC: &$crate::field::FieldSpec = &$crate::field::FieldSpec::new::<$ty>(
            stringify!($name),
            $label,
            $crate::field::docs!($($doc),+),
        )
        $(.default_value(|| $crate::value::Value::from($default)))?
        $(.setup(|| $crate::value::Value::from($setup)))?
        $(.$attr($($($arg),*)?))*;
        SPEC
    }};
}

/// Declares a section: its keys, and the rules and files that belong to it.
macro_rules! section {
    (
        $(#[doc = $section_doc:literal])+
        $id:literal, $title:literal, $group:ident;
        $(files: [$($file:expr),* $(,)?];)?
        $(family: $family:expr;)?
        rules: [$($rule:path),* $(,)?];
        $(
            $(#[doc = $doc:literal])+
            $name:ident $label:literal: $ty:ty $(= $default:expr)? $(=> $setup:expr)? $(, $attr:ident $(($($arg:expr),* $(,)?))?)*;
        )*
    ) => {
        $(
            $(#[doc = $doc])+
            pub const $name: $crate::field::Key<$ty> = $crate::field::Key::new(
                field_spec!($([$doc])+ $name $label $ty $(= $default)? $(=> $setup)? $(, $attr $(($($arg),*))?)*)
            );
        )*
        pub(super) const SECTION: $crate::sections::Section = $crate::sections::Section {
            id: $id,
            title: $title,
            group: $crate::sections::Group::$group,
            doc: $crate::field::docs!($($section_doc),+),
            keys: &[$($name.spec()),*],
            files: &[$($(&$file),*)?],
            family: object!(@some $(&$family)?),
            rules: &[$(&$rule),*],
        };
    };
}

/// Declares an object: a value with fields of its own.
macro_rules! object {
    (@some) => { None };
    (@some $given:expr) => { Some($given) };
    (
        $(#[doc = $object_doc:literal])+
        $object:ident;
        $(base: $base:ty;)?
        $(address: $address:path;)?
        $(
            $(#[doc = $doc:literal])+
            $name:ident $label:literal: $ty:ty $(= $default:expr)? $(=> $setup:expr)? $(, $attr:ident $(($($arg:expr),* $(,)?))?)*;
        )*
    ) => {
        $(#[doc = $object_doc])+
        #[derive(Clone, Copy, Debug)]
        pub struct $object;

        #[expect(non_upper_case_globals, reason = "a field is named as the file names it")]
        impl $object {
            $(
                $(#[doc = $doc])+
                pub const $name: $crate::field::Key<$ty> = $crate::field::Key::new(
                    field_spec!($([$doc])+ $name $label $ty $(= $default)? $(=> $setup)? $(, $attr $(($($arg),*))?)*)
                );
            )*
            /// Its fields, in the order a form shows them.
            pub const spec: &'static $crate::value::ObjectSpec =
                &$crate::value::ObjectSpec {
                    base: object!(@some $(<$base>::spec)?),
                    own: &[$(Self::$name.spec()),*],
                    address: object!(@some $($address)?),
                };
        }

        impl $crate::value::Parsed for $object {
            const KIND: $crate::value::ValueKind =
                $crate::value::ValueKind::Object($crate::value::ObjectKind($object::spec));

            fn parse(value: &$crate::value::Value) -> Result<Self, $crate::value::ParseError> {
                match value {
                    $crate::value::Value::Map(_) => Ok(Self),
                    _ => Err($crate::value::ParseError { expected: "a mapping of names to values" }),
                }
            }
        }
    };
}

/// Declares a rule: why it stands, what it is called, what it says and how to mend it.
///
/// The body is given the subject and a [`Places`](crate::rule::Places) to name each offending
/// place. In the sentences, `{name}` stands for an argument given with the place.
///
/// A warning is compiled into the server only, which tells it whenever the draft is saved: the
/// browser's program would be a tenth larger for what keeps nobody from going on.
macro_rules! rule {
    (
        $(#[doc = $doc:literal])+
        $id:ident: Warning, $message:literal, fix $fix:literal;
        |$subject:ident, $places:ident| $body:block
    ) => {
        #[cfg(feature = "docs")]
        rule! { @whole $(#[doc = $doc])+ $id: Warning, $message, fix $fix; |$subject, $places| $body }
        $(#[doc = $doc])+
        #[cfg(not(feature = "docs"))]
        #[expect(non_upper_case_globals, reason = "a rule is named by its sentence")]
        pub(crate) const $id: $crate::rule::Rule = {
            #[expect(dead_code, reason = "what it calls is of use to the server")]
            fn check($subject: &$crate::rule::Subject<'_>, $places: &mut $crate::rule::Places) $body
            $crate::rule::Rule {
                id: "",
                severity: $crate::rule::Severity::Warning,
                message: "",
                fix: "",
                doc: &[],
                check: |_, _| {},
            }
        };
    };
    (
        $(#[doc = $doc:literal])+
        $id:ident: Error, $message:literal, fix $fix:literal;
        |$subject:ident, $places:ident| $body:block
    ) => {
        rule! { @whole $(#[doc = $doc])+ $id: Error, $message, fix $fix; |$subject, $places| $body }
    };
    (
        @whole
        $(#[doc = $doc:literal])+
        $id:ident: $severity:ident, $message:literal, fix $fix:literal;
        |$subject:ident, $places:ident| $body:block
    ) => {
        $(#[doc = $doc])+
        #[expect(non_upper_case_globals, reason = "a rule is named by its sentence")]
        pub(crate) const $id: $crate::rule::Rule = {
            fn check($subject: &$crate::rule::Subject<'_>, $places: &mut $crate::rule::Places) $body
            $crate::rule::Rule {
                id: $crate::field::name_on_server!($id),
                severity: $crate::rule::Severity::$severity,
                message: $message,
                fix: $fix,
                doc: $crate::field::docs!($($doc),+),
                check,
            }
        };
    };
}

/// Declares the words a key takes: `Variant = "word" "what a person reads",`
macro_rules! choice {
    (
        $(#[doc = $choice_doc:literal])+
        $choice:ident, $expected:literal;
        $($(#[doc = $doc:literal])* $variant:ident = $value:literal $label:literal,)+
    ) => {
        $(#[doc = $choice_doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $choice {
            $($(#[doc = $doc])* #[doc = $label] $variant,)+
        }

        impl $crate::value::Choices for $choice {
            const ALL: &'static [(Self, $crate::value::Choice)] = &[
                $((Self::$variant, $crate::value::Choice { value: $value, label: $label }),)+
            ];
            const CHOICES: &'static [$crate::value::Choice] =
                &[$($crate::value::Choice { value: $value, label: $label }),+];
            const EXPECTED: &'static str = $expected;
        }
    };
}

/// Declares a value that is a word and its arguments: `[word, {arguments}]`.
///
/// Each line is `/// help` `"word" "label": Object,`.
macro_rules! variants {
    (
        $(#[doc = $variants_doc:literal])+
        $variants:ident, $expected:literal;
        $($(#[doc = $doc:literal])+ $word:literal $label:literal: $object:ty,)+
    ) => {
        $(#[doc = $variants_doc])+
        #[derive(Clone, Debug)]
        pub struct $variants {
            /// The word.
            pub word: String,
        }

        impl $variants {
            /// What the word may be.
            pub const ALL: &'static [$crate::value::Variant] = &[
                $($crate::value::Variant {
                    word: $word,
                    label: $label,
                    doc: $crate::field::docs!($($doc),+),
                    fields: <$object>::spec,
                }),+
            ];
        }

        impl $crate::value::Parsed for $variants {
            const KIND: $crate::value::ValueKind = $crate::value::ValueKind::Tagged(Self::ALL);

            fn parse(value: &$crate::value::Value) -> Result<Self, $crate::value::ParseError> {
                $crate::value::Variant::word_of(value, Self::ALL)
                    .map(|word| Self { word: word.to_owned() })
                    .ok_or($crate::value::ParseError { expected: $expected })
            }
        }
    };
}
