/**
 * Arguments of the kernel in live and installed systems: the serial port is the console, and nothing gives up because an emulated
 * machine is slow. The kernel would take the timer of one that is starved for broken.
 */
export const kernelArguments = [
  ...["console=tty1", "console=ttyS0", "quiet", "no_timer_check"],
  ...["systemd.log_level=notice", "systemd.service_watchdogs=0", "systemd.default_timeout_start_sec=1800"],
].join(" ");
