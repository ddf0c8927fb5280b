// Write a workbook with Apache POI: java -cp … Poi.java CELLS OUTPUT
// Only xls: Debian's poi-ooxml does not start, since its schemas miss a class of their XMLBeans.
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Date;
import org.apache.poi.hssf.usermodel.HSSFWorkbook;
import org.apache.poi.ss.usermodel.Cell;
import org.apache.poi.ss.usermodel.CellStyle;
import org.apache.poi.ss.usermodel.Row;
import org.apache.poi.ss.usermodel.Sheet;
import org.apache.poi.ss.usermodel.Workbook;

class Poi {
    public static void main(String[] arguments) throws Exception {
        Workbook workbook = new HSSFWorkbook();
        CellStyle dates = workbook.createCellStyle();
        dates.setDataFormat(workbook.createDataFormat().getFormat("yyyy-mm-dd"));
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            String[] fields = line.split("\t", -1);
            Sheet sheet = workbook.getSheet(fields[0]);
            if (sheet == null) {
                sheet = workbook.createSheet(fields[0]);
            }
            int number = Integer.parseInt(fields[1]) - 1;
            Row row = sheet.getRow(number);
            if (row == null) {
                row = sheet.createRow(number);
            }
            Cell cell = row.createCell(Integer.parseInt(fields[2]) - 1);
            switch (fields[3]) {
                case "number" -> cell.setCellValue(Double.parseDouble(fields[4]));
                case "boolean" -> cell.setCellValue(Boolean.parseBoolean(fields[4]));
                case "date" -> {
                    Date day = java.sql.Date.valueOf(fields[4]);
                    cell.setCellValue(day);
                    cell.setCellStyle(dates);
                }
                default -> cell.setCellValue(fields[4]);
            }
        }
        try (OutputStream output = new FileOutputStream(arguments[1])) {
            workbook.write(output);
        }
    }
}
