/* SPDX-FileCopyrightText: Drover contributors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The lab's guest: a program without an operating system that uses memory in a known way and notices when a
 * write gets lost.
 *
 * It fills `used` MiB of memory with noise (not compressible). The first `hot` MiB are the working set: at
 * every tick (100 a second) it rewrites rate/100 of its pages in turn. Word 0 of a page holds the number of
 * the pass that wrote it last, word 1 the inverted number of the page; anything else than the last pass is a
 * lost write and counts in `err`. The other pages are never written again; two of them per tick are compared
 * with the noise they must hold.
 *
 * With a disk (the first IDE drive, driven without DMA and interrupts) it keeps a log there: a ring of blocks
 * of one sector, each with its number, the checksum of the block before it and its own. A block counts as
 * acknowledged when the drive has confirmed the write and the flush after it. At the start the ring is read
 * and the log continued. Every tick one acknowledged block is read again; other than it was written counts in
 * `derr`, as a failed command does.
 *
 * Command line: "hot=MIB used=MIB rate=PAGES_PER_SECOND words=WORDS_REWRITTEN_PER_PAGE", with a disk also
 *     "ring=FIRST_SECTOR blocks=NUMBER log=BLOCKS_PER_SECOND id=NUMBER_OF_THE_LOG"; deaf=1 ignores the power
 * button, linger=SECONDS obeys it so much later. First serial port, in:  rN rate, wN words, lN blocks a
 * second (end the number with a newline), p report now, q power off, f hold the log still for ten seconds, g
 * no longer, d damage the next page of both kinds (so that a test can see the check bite). First serial port,
 * out: one line per second:  t=12.34 rate=500 pages=6170 pass=3 late=0 err=0 and with a disk also  log=20
 * ack=246 boot=1 hold=0 derr=0  (ack: last acknowledged block)
 *
 * Emulation without KVM forgets writes during a live migration where the page's translation is cached. So the
 * translations are flushed (CR4.PGE flipped) at every tick before anything is written, and around each disk
 * command.
 */
typedef unsigned int u32;
typedef unsigned long long u64;
typedef unsigned char u8;
typedef unsigned short u16;

enum { TICKS_PER_SECOND = 100, PAGE_WORDS = 1024, FIRST_PAGE = 512 /* 2 MiB, above the program */ };
enum { PAGES_PER_MIB = 256, COM1 = 0x3F8, POWER = 0x600, DEFAULT_LIMIT_MIB = 512 };

struct multiboot
{
    u32 flags, mem_lower_kib, mem_upper_kib, boot_device;
    const char* command_line;
};

volatile u32 ticks; /* counted by the timer interrupt */

static u32 used_pages, hot_pages, rate, words = 16;
static u32 next_hot, next_cold, pass = 1, late, errors, remainder;
static u64 written;

static void outb(u16 port, u8 value)
{
    __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port));
}
static void outw(u16 port, u16 value)
{
    __asm__ volatile("outw %0, %1" ::"a"(value), "Nd"(port));
}
static u8 inb(u16 port)
{
    u8 v;
    __asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
    return v;
}
static u16 inw(u16 port)
{
    u16 v;
    __asm__ volatile("inw %1, %0" : "=a"(v) : "Nd"(port));
    return v;
}

static void flush_translations(void)
{
    u32 cr4;
    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    __asm__ volatile("mov %0, %%cr4" ::"r"(cr4 ^ 0x80) : "memory");
    __asm__ volatile("mov %0, %%cr4" ::"r"(cr4) : "memory");
}

/* ---- serial port ---- */

static void put(char c)
{
    while (!(inb(COM1 + 5) & 0x20)) {
    }
    outb(COM1, (u8)c);
}

static void put_text(const char* s)
{
    while (*s)
        put(*s++);
}

static void put_number(u64 n)
{
    char digits[20];
    int count = 0;
    do {
        /* 64-bit division by hand: there is no library to call */
        u32 high = (u32)(n >> 32), low = (u32)n, rest = high % 10;
        u32 low_quotient;
        __asm__("divl %4" : "=a"(low_quotient), "=d"(rest) : "a"(low), "d"(rest), "r"(10u));
        n = ((u64)(high / 10) << 32) | low_quotient;
        digits[count++] = (char)('0' + rest);
    } while (n);
    while (count)
        put(digits[--count]);
}

static void report_disk(u32 now);

static void report(u32 now)
{
    u32 hundredths = now % TICKS_PER_SECOND;
    put_text("t=");
    put_number(now / TICKS_PER_SECOND);
    put_text(hundredths < 10 ? ".0" : ".");
    put_number(hundredths);
    put_text(" rate=");
    put_number(rate);
    put_text(" pages=");
    put_number(written);
    put_text(" pass=");
    put_number(pass - 1);
    put_text(" late=");
    put_number(late);
    put_text(" err=");
    put_number(errors);
    report_disk(now);
    put_text("\n");
}

/* ---- disk ---- */

enum {
    SECTOR_WORDS = 128,
    DATA = 0x1F0,
    CONTROL = 0x3F6,
    BUSY = 0x80,
    FAULT = 0x20,
    REQUEST = 0x08,
    BAD = 0x01
};
enum {
    READ_SECTOR = 0x20,
    WRITE_SECTOR = 0x30,
    FLUSH = 0xE7,
    MAGIC = 0x474F4C44,
    PATIENCE = 4000,
    HOLD_TICKS = 1000
};
enum { IS_MAGIC, IS_NUMBER, IS_BEFORE, IS_SUM, IS_BOOT, IS_TIME, IS_ID, IS_NOISE };

static u32 ring, blocks, log_rate, log_id, boot = 1; /* blocks == 0: there is no disk */
static u32 acknowledged, last_sum, log_remainder, owed, hold_until, disk_errors, next_read;
static enum { IDLE, WRITING, FLUSHING, READING } doing;
static u32 sector[SECTOR_WORDS], crc_of_byte[256];

static u32 noise_next(u32 x);

static u32 checksum(u32* words)
{
    /* CRC-32 of the sector with the field of the sum itself taken as 0 */
    u32 crc = ~0u, kept = words[IS_SUM];
    const u8* bytes = (const u8*)words;
    words[IS_SUM] = 0;
    for (int i = 0; i < 512; ++i)
        crc = crc_of_byte[(crc ^ bytes[i]) & 0xFF] ^ (crc >> 8);
    words[IS_SUM] = kept;
    return ~crc;
}

static void make_crc_table(void)
{
    for (u32 i = 0; i < 256; ++i) {
        u32 c = i;
        for (int bit = 0; bit < 8; ++bit)
            c = (c & 1) ? (c >> 1) ^ 0xEDB88320u : c >> 1;
        crc_of_byte[i] = c;
    }
}

/* Whether the drive is done; it may be asked again at the next tick. */
static int drive_ready(void)
{
    for (int i = 0; i < PATIENCE; ++i)
        if (!(inb(CONTROL) & BUSY))
            return 1;
    return 0;
}

static void wait_for_drive(void)
{
    while (!drive_ready()) {
    }
    flush_translations();
}

static int drive_failed(void)
{
    return (inb(DATA + 7) & (BAD | FAULT)) != 0;
}

static void order(u8 command, u32 at)
{
    flush_translations();
    outb(DATA + 6, (u8)(0xE0 | (at >> 24 & 15)));
    outb(DATA + 2, 1);
    outb(DATA + 3, (u8)at);
    outb(DATA + 4, (u8)(at >> 8));
    outb(DATA + 5, (u8)(at >> 16));
    outb(DATA + 7, command);
}

static void take_sector(void)
{
    u32 *to = sector, count = 256;
    __asm__ volatile("rep insw" : "+D"(to), "+c"(count) : "d"(DATA) : "memory");
}

static void give_sector(void)
{
    const u32* from = sector;
    u32 count = 256;
    __asm__ volatile("rep outsw" : "+S"(from), "+c"(count) : "d"(DATA) : "memory");
}

static u32 place_of(u32 number)
{
    return ring + number % blocks;
}

static int is_block(u32 number)
{
    return sector[IS_MAGIC] == MAGIC && sector[IS_ID] == log_id && (!number || sector[IS_NUMBER] == number) &&
           sector[IS_SUM] == checksum(sector);
}

static int read_now(u32 at)
{
    order(READ_SECTOR, at);
    wait_for_drive();
    if (drive_failed() || !(inb(DATA + 7) & REQUEST))
        return 0;
    take_sector();
    return 1;
}

/* Continues the log that is on the disk. */
static void find_log(void)
{
    make_crc_table();
    outb(CONTROL, 0x02); /* no interrupts */
    wait_for_drive();
    for (u32 i = 0; i < blocks; ++i) {
        if (!read_now(ring + i)) {
            ++disk_errors;
        } else if (sector[IS_MAGIC] == MAGIC && sector[IS_NUMBER] > acknowledged && is_block(0)) {
            acknowledged = sector[IS_NUMBER];
            last_sum = sector[IS_SUM];
            boot = sector[IS_BOOT] + 1;
        }
    }
    next_read = acknowledged;
}

static void write_next(u32 now)
{
    u32 number = acknowledged + 1, x = number * 2654435761u ^ log_id;
    sector[IS_MAGIC] = MAGIC;
    sector[IS_NUMBER] = number;
    sector[IS_BEFORE] = last_sum;
    sector[IS_BOOT] = boot;
    sector[IS_TIME] = now;
    sector[IS_ID] = log_id;
    for (int i = IS_NOISE; i < SECTOR_WORDS; ++i)
        sector[i] = x = noise_next(x ? x : 1);
    sector[IS_SUM] = checksum(sector);
    order(WRITE_SECTOR, place_of(number));
    wait_for_drive(); /* for the data to be asked for: at once */
    if (drive_failed()) {
        ++disk_errors;
        return;
    }
    give_sector();
    doing = WRITING;
}

/* One step on; 0 when the drive is still busy. */
static int disk_step(void)
{
    if (doing == IDLE)
        return 1;
    if (!drive_ready())
        return 0;
    flush_translations();
    if (drive_failed()) {
        ++disk_errors; /* a write is tried again: nothing was acknowledged */
        doing = IDLE;
    } else if (doing == WRITING) {
        order(FLUSH, 0);
        doing = FLUSHING;
    } else if (doing == FLUSHING) {
        last_sum = sector[IS_SUM];
        ++acknowledged;
        doing = IDLE;
    } else {
        take_sector();
        disk_errors += !is_block(next_read);
        doing = IDLE;
    }
    return 1;
}

static void finish_disk(void)
{
    while (doing != IDLE)
        disk_step();
}

static void disk_work(u32 now)
{
    if (!blocks)
        return;
    log_remainder += log_rate;
    owed += log_remainder / TICKS_PER_SECOND;
    log_remainder %= TICKS_PER_SECOND;
    if (owed > log_rate)
        owed = log_rate; /* what a slow disk could not take in a second is not made up for */
    for (;;) {
        while (doing != IDLE)
            if (!disk_step())
                return;
        if (!owed || hold_until > now)
            break;
        --owed;
        write_next(now);
    }
    if (hold_until <= now && acknowledged) {
        u32 oldest = acknowledged < blocks ? 1 : acknowledged - blocks + 1;
        next_read = next_read >= acknowledged || next_read < oldest ? oldest : next_read + 1;
        order(READ_SECTOR, place_of(next_read));
        doing = READING;
        disk_step();
    }
}

static void report_disk(u32 now)
{
    if (!blocks)
        return;
    put_text(" log=");
    put_number(log_rate);
    put_text(" ack=");
    put_number(acknowledged);
    put_text(" boot=");
    put_number(boot);
    put_text(" hold=");
    put_number(hold_until > now && doing == IDLE);
    put_text(" derr=");
    put_number(disk_errors);
}

/* ---- memory ---- */

static u32* page(u32 index)
{
    return (u32*)((FIRST_PAGE + index) << 12);
}

static u32 noise_seed(u32 index)
{
    u32 x = index * 2654435761u + 0x9E3779B9u;
    return x ? x : 1;
}

static u32 noise_next(u32 x)
{
    x ^= x << 13;
    x ^= x >> 17;
    return x ^ (x << 5);
}

static void fill(u32 index)
{
    u32 *p = page(index), x = noise_seed(index);
    p[0] = 0;
    p[1] = ~index;
    for (int i = 2; i < PAGE_WORDS; ++i)
        p[i] = x = noise_next(x);
}

static void check_cold(u32 index)
{
    const u32* p = page(index);
    u32 x = noise_seed(index), different = (p[0] != 0) | (p[1] != ~index);
    for (int i = 2; i < PAGE_WORDS; ++i) {
        x = noise_next(x);
        different |= p[i] ^ x;
    }
    errors += different != 0;
}

static void rewrite_hot(u32 index)
{
    u32 *p = page(index), x = noise_seed(index ^ (pass << 16) ^ pass);
    if (p[0] != pass - 1 || p[1] != ~index)
        ++errors;
    p[0] = pass;
    p[1] = ~index;
    for (u32 i = 2; i < words; ++i)
        p[i] = x = noise_next(x);
    ++written;
}

static void work(void)
{
    u32 now = remainder + rate, count = now / TICKS_PER_SECOND;
    remainder = now % TICKS_PER_SECOND;
    if (count > hot_pages)
        count = hot_pages; /* a page is written once per tick at most: the flush covers one write */
    while (count--) {
        rewrite_hot(next_hot);
        if (++next_hot == hot_pages) {
            next_hot = 0;
            ++pass;
        }
    }
    for (int i = 0; i < 2 && used_pages > hot_pages; ++i) {
        check_cold(hot_pages + next_cold);
        if (++next_cold == used_pages - hot_pages)
            next_cold = 0;
    }
}

/* ---- control ---- */

static void damage(void)
{
    page(next_hot)[0] ^= 0x80000000u;
    if (used_pages > hot_pages)
        page(hot_pages + next_cold)[PAGE_WORDS / 2] ^= 1;
}

static u32 limited(u32 value, u32 low, u32 high)
{
    return value < low ? low : value > high ? high : value;
}

static void power_off(void)
{
    finish_disk();
    report(ticks);
    while (!(inb(COM1 + 5) & 0x40)) { } /* until it is sent */
    outw(POWER + 4, 0x2000); /* sleep enable, type 0: soft off */
    for (;;)
        __asm__ volatile("cli; hlt");
}

static void listen(u32 now)
{
    static char command;
    static u32 number;
    while (inb(COM1 + 5) & 1) {
        char c = (char)inb(COM1);
        if (c >= '0' && c <= '9') {
            number = number * 10 + (u32)(c - '0');
            continue;
        }
        if (command == 'r')
            rate = limited(number, 0, 1000000);
        else if (command == 'w')
            words = limited(number, 2, PAGE_WORDS);
        else if (command == 'l')
            log_rate = limited(number, 0, 10000);
        number = 0;
        command = 0;
        if (c == 'p')
            report(now);
        else if (c == 'd')
            damage();
        else if (c == 'q')
            power_off();
        else if (c == 'f')
            hold_until = now + HOLD_TICKS;
        else if (c == 'g')
            hold_until = 0;
        else if (c == 'r' || c == 'w' || c == 'l')
            command = c;
    }
}

static u32 option(const char* line, const char* name, u32 otherwise)
{
    for (; line && *line; ++line) {
        const char* n = name;
        const char* at = line;
        while (*n && *at == *n) {
            ++at;
            ++n;
        }
        if (*n || *at < '0' || *at > '9')
            continue;
        u32 value = 0;
        for (; *at >= '0' && *at <= '9'; ++at)
            value = value * 10 + (u32)(*at - '0');
        return value;
    }
    return otherwise;
}

static void set_up_devices(void)
{
    /* interrupt controllers: vectors from 0x20, only the timer unmasked */
    outb(0x20, 0x11);
    outb(0xA0, 0x11);
    outb(0x21, 0x20);
    outb(0xA1, 0x28);
    outb(0x21, 0x04);
    outb(0xA1, 0x02);
    outb(0x21, 0x01);
    outb(0xA1, 0x01);
    outb(0x21, 0xFE);
    outb(0xA1, 0xFF);
    /* timer channel 0: 1193182 Hz / 11932 = 100 Hz */
    outb(0x43, 0x34);
    outb(0x40, 11932 & 0xFF);
    outb(0x40, 11932 >> 8);
    /* serial port: 115200 8N1, FIFO on, no interrupts */
    outb(COM1 + 1, 0x00);
    outb(COM1 + 3, 0x80);
    outb(COM1, 0x01);
    outb(COM1 + 1, 0x00);
    outb(COM1 + 3, 0x03);
    outb(COM1 + 2, 0x07);
    outb(COM1 + 4, 0x03);
    /* the power button sets its status bit (read below at each tick); its interrupt stays masked */
    outw(POWER + 2, 0x0100);
}

void run(const struct multiboot* info)
{
    const char* line = (info->flags & 4) ? info->command_line : "";
    u32 mib = info->mem_upper_kib / 1024; /* above the first MiB */
    u32 room = mib > 2 ? mib - 2 : 1;
    u32 used = limited(option(line, "used=", limited(room, 1, DEFAULT_LIMIT_MIB)), 1, room);

    used_pages = used * PAGES_PER_MIB;
    hot_pages = limited(option(line, "hot=", 8), 1, used) * PAGES_PER_MIB;
    rate = limited(option(line, "rate=", 0), 0, 1000000);
    words = limited(option(line, "words=", 16), 2, PAGE_WORDS);
    ring = option(line, "ring=", 0);
    blocks = option(line, "blocks=", 0);
    log_rate = limited(option(line, "log=", 0), 0, 10000);
    log_id = option(line, "id=", 0);
    u32 deaf = option(line, "deaf=", 0), linger = option(line, "linger=", 0) * TICKS_PER_SECOND, pressed = 0;

    set_up_devices();
    if (blocks)
        find_log();
    for (u32 i = 0; i < used_pages; ++i)
        fill(i);

    __asm__ volatile("sti");
    report(0);
    for (u32 seen = 0;;) {
        __asm__ volatile("hlt");
        u32 now = ticks;
        if (now == seen)
            continue;
        flush_translations();
        late += now - seen - 1;
        u32 second_over = now / TICKS_PER_SECOND != seen / TICKS_PER_SECOND;
        seen = now;
        work();
        disk_work(now);
        listen(now);
        if (second_over)
            report(now);
        if (inw(POWER) & 0x0100) {
            outw(POWER, 0x0100); /* seen */
            if (!deaf && !pressed)
                pressed = now;
        }
        if (pressed && now - pressed >= linger)
            power_off();
    }
}
