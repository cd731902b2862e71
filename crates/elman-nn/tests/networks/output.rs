//! Output files: written as a whole, under no name that anybody else uses, by one at a time.

use std::fs;

use elman_nn::output::{self, Lock, LockError};

fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_file_is_made_and_replaced_and_nothing_else_is_left() {
    let room = tempfile::tempdir().unwrap();
    let file = room.path().join("w.csv");
    for beside in ["w.csv.tmp", "w.csv.trial"] {
        fs::write(room.path().join(beside), "mine").unwrap();
    }
    output::check(&file).unwrap();
    assert!(!file.exists());
    output::replace(&file, b"one").unwrap();
    output::replace(&file, b"two").unwrap();
    output::check(&file).unwrap();
    assert_eq!(fs::read(&file).unwrap(), b"two");
    assert_eq!(names(room.path()), ["w.csv", "w.csv.tmp", "w.csv.trial"]);
    assert_eq!(fs::read(room.path().join("w.csv.tmp")).unwrap(), b"mine");
}

#[test]
fn many_at_once_leave_the_whole_content_of_one() {
    let room = tempfile::tempdir().unwrap();
    let file = room.path().join("model");
    std::thread::scope(|scope| {
        for writer in 0..8_u8 {
            let file = &file;
            scope.spawn(move || {
                for _ in 0..20 {
                    output::replace(file, &[writer; 40_000]).unwrap();
                }
            });
        }
    });
    let content = fs::read(&file).unwrap();
    assert_eq!(content, vec![content[0]; 40_000]);
    assert_eq!(names(room.path()), ["model"]);
}

#[cfg(unix)]
#[test]
fn permissions_stay_and_a_new_file_is_as_any_other() {
    use std::os::unix::fs::PermissionsExt;
    let room = tempfile::tempdir().unwrap();
    let [new, usual] = ["new", "usual"].map(|name| room.path().join(name));
    fs::write(&usual, "").unwrap();
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    output::replace(&new, b"x").unwrap();
    assert_eq!(mode(&new), mode(&usual));
    fs::set_permissions(&new, fs::Permissions::from_mode(0o640)).unwrap();
    output::replace(&new, b"y").unwrap();
    assert_eq!(mode(&new), 0o640);
}

#[cfg(unix)]
#[test]
fn a_link_stays_and_the_file_behind_it_is_replaced() {
    use std::os::unix::fs::symlink;
    let room = tempfile::tempdir().unwrap();
    fs::create_dir(room.path().join("there")).unwrap();
    let (link, file) = (room.path().join("link"), room.path().join("there/file"));
    symlink("there/file", &link).unwrap();
    for content in ["new", "again"] {
        output::replace(&link, content.as_bytes()).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), content);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(names(&room.path().join("there")), ["file"]);
    }
    symlink("turn", room.path().join("turn")).unwrap();
    let error = output::replace(&room.path().join("turn"), b"x").unwrap_err();
    assert!(error.to_string().contains("links"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_device_is_written_to_and_a_folder_is_an_error() {
    output::replace("/dev/null".as_ref(), b"x").unwrap();
    output::check("/dev/null".as_ref()).unwrap();
    let room = tempfile::tempdir().unwrap();
    assert!(output::replace(room.path(), b"x").is_err());
    assert!(output::check(room.path()).is_err());
    assert!(output::check(&room.path().join("none/file")).is_err());
}

#[test]
fn a_lock_is_of_one_until_it_is_dropped() {
    let room = tempfile::tempdir().unwrap();
    let file = room.path().join("model");
    let lock = Lock::take(&file).unwrap();
    assert!(matches!(Lock::take(&file), Err(LockError::Taken)));
    // The file is replaced while it is locked.
    output::replace(&file, b"x").unwrap();
    assert!(matches!(Lock::take(&file), Err(LockError::Taken)));
    drop(lock);
    // What a killed program leaves holds up nobody.
    fs::write(room.path().join(".model.lock"), "").unwrap();
    drop(Lock::take(&file).unwrap());
    if cfg!(unix) {
        assert_eq!(names(room.path()), ["model"]);
    }
    // A file of that name that is not ours stays.
    fs::write(room.path().join(".model.lock"), "mine").unwrap();
    drop(Lock::take(&file).unwrap());
    assert_eq!(fs::read_to_string(room.path().join(".model.lock")).unwrap(), "mine");
}

#[test]
fn of_many_at_once_one_has_the_lock() {
    let room = tempfile::tempdir().unwrap();
    let file = room.path().join("model");
    let having = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..500 {
                    let Ok(lock) = Lock::take(&file) else { continue };
                    let before = having.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    assert_eq!(before, 0);
                    std::thread::yield_now();
                    having.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                    drop(lock);
                }
            });
        }
    });
}
