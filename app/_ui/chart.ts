/** The chart's own door, beside the sparkline it shares its geometry with. */
export { LineChart, type LineChartProps, type Series } from './sparkline';
