import type { ReactNode } from 'react';
import type { DeviceState } from '../../rtc/LocalMedia';
import { strings } from '../../lib/callStrings';
import { Control } from '../shared/Control';

interface DeviceControlProps {
  readonly device: DeviceState;
  readonly icons: { readonly on: ReactNode; readonly off: ReactNode };
  readonly actions: { readonly stop: string; readonly start: string };
  readonly shortcut: string;
  readonly onPress: () => void;
}

/** Microphone or camera in a call. Its name is what pressing does, so it is no toggle to a reader: "Unmute,
 *  pressed" would say nothing. */
export function DeviceControl({ device, icons, actions, shortcut, onPress }: DeviceControlProps) {
  const { state, problem } = device;
  const isOn = state === 'on';
  const action = isOn ? actions.stop : actions.start;
  const label = state === 'failed' && problem !== null ? strings.deviceLabel[problem] : action;
  return (
    <Control
      icon={isOn ? icons.on : icons.off}
      label={label}
      look={lookOf(state)}
      busy={state === 'starting'}
      aria-keyshortcuts={shortcut}
      {...(label !== action && { 'aria-label': strings.call.withProblem({ action, problem: label }) })}
      onClick={onPress}
    />
  );
}

function lookOf(state: DeviceState['state']): 'plain' | 'off' | 'error' {
  switch (state) {
    case 'on':
    case 'starting':
      return 'plain';
    case 'off':
      return 'off';
    case 'failed':
      return 'error';
  }
}
