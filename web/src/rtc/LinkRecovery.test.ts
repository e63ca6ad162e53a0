import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LinkRecovery } from './LinkRecovery';

let restarts: number[];
let states: string[];
let recovery: LinkRecovery;

function make({ polite = false, initiator = true } = {}): void {
  const began = Date.now();
  restarts = [];
  states = [];
  recovery = new LinkRecovery({
    polite,
    initiator,
    restart: () => restarts.push(Date.now() - began),
    onChange: () => states.push(recovery.state),
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  make();
});
afterEach(() => {
  recovery.end();
  vi.useRealTimers();
});

test('a join that takes 5 s shows nothing but connecting and connected', () => {
  recovery.follow('connecting');
  vi.advanceTimersByTime(5_000);
  recovery.follow('connected');
  vi.advanceTimersByTime(60_000);
  expect(states).toEqual(['connected']);
  expect(restarts).toEqual([]);
  expect(recovery.lostAt).toBeNull();
});

test('who waits for an offer in vain makes one after 3 s', () => {
  make({ initiator: false });
  vi.advanceTimersByTime(3_500);
  expect(restarts).toEqual([3_000]);
});

test('who got the offer in time makes none', () => {
  make({ initiator: false });
  recovery.heard();
  vi.advanceTimersByTime(7_000);
  expect(restarts).toEqual([]);
});

test('a disturbance of 1 s is waited out', () => {
  recovery.follow('connected');
  recovery.follow('disconnected');
  vi.advanceTimersByTime(1_000);
  recovery.follow('connected');
  vi.advanceTimersByTime(60_000);
  expect(restarts).toEqual([]);
  expect(states).toEqual(['connected', 'reconnecting', 'connected']);
});

test('a longer one leads to restarts that back off, and after 15 s to failed', () => {
  recovery.follow('connected');
  recovery.follow('disconnected');
  expect(recovery.lostAt).toBe(Date.now());
  vi.advanceTimersByTime(35_000);
  expect(restarts).toEqual([2_000, 4_000, 8_000, 16_000, 24_000, 32_000]);
  expect(states).toEqual(['connected', 'reconnecting', 'failed']);
  recovery.follow('connected');
  vi.advanceTimersByTime(60_000);
  expect(restarts).toHaveLength(6);
  expect(recovery.state).toBe('connected');
});

test('failed connections restart at once, and then at the same pace', () => {
  recovery.follow('connected');
  recovery.follow('failed');
  vi.advanceTimersByTime(0);
  expect(restarts).toEqual([0]);
  recovery.follow('connecting');
  recovery.follow('failed');
  vi.advanceTimersByTime(1_900);
  expect(restarts).toEqual([0]);
});

test('the polite side leaves the first restart to the other', () => {
  make({ polite: true });
  recovery.follow('connected');
  recovery.follow('disconnected');
  vi.advanceTimersByTime(2_900);
  expect(restarts).toEqual([]);
  recovery.heard();
  vi.advanceTimersByTime(1_900);
  expect(restarts).toEqual([]);
});

test('a healthy connection that is restarted from outside is restarted once', () => {
  recovery.follow('connected');
  recovery.restartNow();
  vi.advanceTimersByTime(60_000);
  expect(restarts).toEqual([0]);
});

test('a connection that falls silent is restarted at once, until something arrives', () => {
  recovery.follow('connected');
  recovery.silent();
  vi.advanceTimersByTime(2_100);
  expect(restarts).toEqual([0, 2_000]);
  recovery.flowing();
  vi.advanceTimersByTime(60_000);
  expect(restarts).toHaveLength(2);
  expect(states).toEqual(['connected', 'reconnecting', 'connected']);
});

test('a connection that falls silent after the other side has begun anew is given time', () => {
  recovery.follow('connected');
  recovery.heard();
  vi.advanceTimersByTime(200);
  recovery.silent();
  vi.advanceTimersByTime(2_100);
  expect(restarts).toEqual([2_200]);
});

test('what is disconnected after it fell silent keeps its pace', () => {
  recovery.follow('connected');
  recovery.silent();
  vi.advanceTimersByTime(4_500);
  recovery.follow('disconnected');
  vi.advanceTimersByTime(4_000);
  expect(restarts).toEqual([0, 2_000, 6_000]);
});

test('after the end nothing happens', () => {
  recovery.follow('connected');
  recovery.follow('disconnected');
  recovery.end();
  vi.advanceTimersByTime(60_000);
  expect(restarts).toEqual([]);
  expect(states).toEqual(['connected', 'reconnecting']);
});

test('an address that has just come is given time before the next restart', () => {
  recovery.follow('connected');
  recovery.silent();
  vi.advanceTimersByTime(1_900);
  recovery.progress();
  vi.advanceTimersByTime(900);
  expect(restarts).toEqual([0]);
  vi.advanceTimersByTime(200);
  expect(restarts).toEqual([0, 2_900]);
});

test('addresses restart nothing by themselves', () => {
  recovery.follow('connected');
  recovery.progress();
  vi.advanceTimersByTime(60_000);
  expect(restarts).toEqual([]);
});

test('one who was asked to restart, and then finds the silence too, does not do it twice', () => {
  recovery.follow('connected');
  recovery.restartNow();
  vi.advanceTimersByTime(100);
  recovery.silent();
  vi.advanceTimersByTime(1_900);
  expect(restarts).toEqual([0]);
});
