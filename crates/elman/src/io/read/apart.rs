//! Crates that take some damage for impossible and panic are called in a thread of their own, in which that is caught.

/// The name of the thread; it lets a program keep the panic's message to itself.
pub const THREAD: &str = "elman: reader";

/// Does what may panic.
pub(super) fn guarded<T: Send, E: From<String> + Send>(
    read: impl FnOnce() -> Result<T, E> + Send,
) -> Result<T, E> {
    std::thread::scope(|scope| {
        let reader = std::thread::Builder::new().name(THREAD.to_string());
        let reader = reader.spawn_scoped(scope, read).map_err(|e| e.to_string())?;
        reader.join().unwrap_or_else(|_| Err("it is damaged".to_string().into()))
    })
}
