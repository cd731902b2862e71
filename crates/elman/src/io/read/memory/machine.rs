//! How much memory this machine has.

use std::fs::read_to_string;

/// Where the system does not say it: as much as a small machine has today.
const USUAL: u64 = 8 << 30;

/// Bytes of memory that this process may have: those of the machine, or of the container (cgroup) that it runs in. Only
/// Linux says it without unsafe calls; elsewhere 8 GiB are taken for it.
pub(super) fn memory() -> u64 {
    let machine = read_to_string("/proc/meminfo").ok().and_then(|text| in_meminfo(&text));
    let container = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
    // Without a limit a container says `max`, or a number that no machine has.
    let limits = container.iter().filter_map(|path| read_to_string(path).ok()?.trim().parse().ok());
    limits.chain(machine).min().unwrap_or(USUAL).min(machine.unwrap_or(USUAL))
}

/// `MemTotal:       32614748 kB`
fn in_meminfo(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_total_is_found_among_the_others() {
        let text = "MemTotal:       32614748 kB\nMemFree:          102400 kB\n";
        assert_eq!(super::in_meminfo(text), Some(32_614_748 * 1024));
        assert_eq!(super::in_meminfo("MemFree: 1 kB\n"), None);
    }
}
