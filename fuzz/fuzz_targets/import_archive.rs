//! Any bytes as `quay-config.tar.gz`.
#![no_main]

// The very file of the server, and not the server: that would bring its database, its pages and
// minutes of compiling. It needs config-model, flate2, tar and thiserror only. Certificates are
// left to rustls and x509-parser for the same reason; rules see files nobody looked into.
#[path = "../../server/src/archive.rs"]
mod archive;

use archive::{Bundle, pack, unpack};
use config_model::bundle::{FILE_BYTES_MAX, FILES_MAX, checked_name, entries};
use config_model::certificate::{FileContent, FileFacts, Files};
use config_model::yaml;
use flate2::Compression;
use flate2::read::{GzDecoder, GzEncoder};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use std::io::Read as _;
use tar::Header;

/// The size of a header, and what contents are filled up to.
const BLOCK: usize = 512;
/// Larger archives are changed in their packed form only, to stay quick.
const TAR_BYTES_MAX: usize = 64 * 1024;
/// Larger bundles are not packed again, to stay quick.
const PACKED_AGAIN_BYTES_MAX: usize = 128 * 1024;
/// One change in so many is made to the packed bytes, so that gzip is not forgotten.
const PACKED_CHANGES: u32 = 16;

/// Names of files that are not taken over, and of folders.
const NAMES_MAX: usize = 2 * FILES_MAX;

fuzz_target!(init: quay_console_fuzz::prepare(), |bytes: &[u8]| {
    let Ok(bundle) = unpack(bytes) else { return };
    keeps_its_bounds(&bundle);
    let facts = |bytes: &Vec<u8>| FileFacts {
        bytes: bytes.len() as u64,
        content: FileContent::Unreadable("nobody looked.".to_owned()),
    };
    let files: Files =
        bundle.files.iter().map(|(name, bytes)| (name.clone(), facts(bytes))).collect();
    quay_console_fuzz::import(&bundle.config, &files);
    is_packed_as_it_was_read(&bundle);
});

fn keeps_its_bounds(bundle: &Bundle) {
    assert!(bundle.config.len() <= yaml::BYTES_MAX);
    assert!(bundle.files.len() <= FILES_MAX);
    assert!(bundle.left_out.len() <= NAMES_MAX);
    for (name, bytes) in &bundle.files {
        assert!(checked_name(name).is_ok(), "{name:?} leads out of the bundle");
        assert!(bytes.len() <= FILE_BYTES_MAX, "{name:?} is too large");
    }
}

/// What is downloaded can be imported again.
fn is_packed_as_it_was_read(bundle: &Bundle) {
    let entries = entries(&bundle.config, &bundle.files);
    if entries.iter().map(|entry| entry.bytes.len()).sum::<usize>() > PACKED_AGAIN_BYTES_MAX {
        return;
    }
    let packed = pack(&entries).expect("what was unpacked can be packed");
    let again = unpack(packed.as_slice()).expect("what was packed can be unpacked");
    assert!(again.config == bundle.config, "another configuration came back");
    assert!(again.files == bundle.files, "other files came back");
    assert!(again.left_out.is_empty(), "more came back than was packed");
}

// A changed byte in an archive is nearly always a wrong checksum, which shields all that lies
// behind it. So the change is made inside, and the checksums are made right again.
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if !seed.is_multiple_of(PACKED_CHANGES)
        && let Some(packed) = changed_inside(&data[..size])
        && packed.len() <= max_size
    {
        data[..packed.len()].copy_from_slice(&packed);
        return packed.len();
    }
    fuzzer_mutate(data, size, max_size)
});

/// The archive with a change of its unpacked bytes, `None` when it is none or a large one.
fn changed_inside(packed: &[u8]) -> Option<Vec<u8>> {
    let mut tar = Vec::new();
    let mut unpacked = GzDecoder::new(packed).take(TAR_BYTES_MAX as u64 + 1);
    unpacked.read_to_end(&mut tar).ok()?;
    let size = tar.len();
    if size > TAR_BYTES_MAX {
        return None;
    }
    tar.resize(TAR_BYTES_MAX, 0);
    let size = fuzzer_mutate(&mut tar, size, TAR_BYTES_MAX);
    tar.truncate(size);
    tar.resize(size.next_multiple_of(BLOCK), 0);
    correct_checksums(&mut tar);
    let mut packed = Vec::new();
    GzEncoder::new(tar.as_slice(), Compression::fast()).read_to_end(&mut packed).ok()?;
    Some(packed)
}

fn correct_checksums(tar: &mut [u8]) {
    let mut rest = tar;
    while let Some((block, after)) = rest.split_at_mut_checked(BLOCK) {
        // Blocks of zeros end an archive.
        if block.iter().all(|byte| *byte == 0) {
            return;
        }
        let mut header = Header::new_old();
        header.as_mut_bytes().copy_from_slice(block);
        header.set_cksum();
        block.copy_from_slice(header.as_bytes());
        let size = header.entry_size().ok().and_then(|size| usize::try_from(size).ok());
        let content = size.and_then(|size| size.checked_next_multiple_of(BLOCK)).unwrap_or(0);
        rest = after.get_mut(content..).unwrap_or_default();
    }
}
